// What tools wrote on this project's host, word for word (recorded/): the figures read from it are those in it.
import { readFileSync } from 'node:fs';
import test from 'ava';
import { parseDevice } from '../../../src/bench/tools/counted.js';
import { iperf3, parseIperf3 } from '../../../src/bench/tools/iperf3.js';
import { netperf, parseNetperf } from '../../../src/bench/tools/netperf.js';
import { hasPort } from '../../../src/bench/tools/processes.js';
import { parseSockperf, sockperf } from '../../../src/bench/tools/sockperf.js';
import { parseTrafgen, trafgen } from '../../../src/bench/tools/trafgen.js';

const recorded = (name: string) =>
  readFileSync(new URL(`../../../../test/bench/tools/recorded/${name}`, import.meta.url), 'utf8');

// It numbers losses up to the last packet that came: five more that were lost at the end it does not know of.
test('iperf3: rate from the sender, loss from the receiver', (t) => {
  t.like(parseIperf3(recorded('iperf3.json')), {
    sentPackets: 569_911,
    lostPackets: 14_027,
    lossRatio: 14_027 / 569_906,
    packetsPerSecond: 569_911 / 2.000009,
    receivedPacketsPerSecond: (569_906 - 14_027) / 2.000048,
    jitterNs: 4_102,
  });
});

test('iperf3: its own words where it could not run, though it ended with status 0', (t) => {
  t.throws(() => parseIperf3(recorded('iperf3-refused.json')), {
    message: 'unable to connect to server: Connection refused',
  });
  t.throws(() => parseIperf3(''), { message: /no report of iperf3/ });
});

test('sockperf: round trips in nanoseconds', (t) => {
  t.like(parseSockperf(recorded('sockperf.txt')), {
    sentPackets: 15_503,
    packetsPerSecond: 15_503 / 1.552,
    roundTrips: 15_503,
    droppedRoundTrips: 0,
    roundTripMinNs: 9_060,
    roundTripP50Ns: 58_109,
    roundTripP90Ns: 83_821,
    roundTripP99Ns: 2_260_941,
    roundTripP999Ns: 7_894_938,
    roundTripP9999Ns: 9_287_823,
    roundTripMaxNs: 9_485_289,
  });
});

test('sockperf: halved round trips and no answers are no figures', (t) => {
  t.throws(() => parseSockperf(recorded('sockperf-half.txt')), { message: 'it says of no round trips' });
  t.throws(() => parseSockperf(recorded('sockperf-refused.txt')), {
    message: 'No messages were received from the server. Is the server down?',
  });
});

test('netperf: what was sent, and what its server was given', (t) => {
  t.deepEqual(parseNetperf(recorded('netperf.txt')), {
    sentPackets: 404_180,
    lostPackets: 892,
    lossRatio: 892 / 404_180,
    packetsPerSecond: 404_180 / 2,
    receivedPacketsPerSecond: 403_288 / 2,
  });
});

test('netperf: its own words where it could not run', (t) => {
  t.throws(() => parseNetperf(recorded('netperf-refused.txt')), {
    message: /^establish control: are you sure there is a netserver listening on \S+ at port 7011\?$/,
  });
  t.throws(() => parseNetperf(''), { message: 'it says of no packets' });
});

test('netperf is bound to the CPUs that are named', (t) => {
  const order = {
    packetsPerSecond: 1,
    payloadBytes: 22,
    seconds: 1.5,
    sinkAddress: '198.19.1.1',
    port: 7_010,
    device: 'veth0',
    packet: Buffer.alloc(0),
    senderCpu: null,
    receiverCpu: null,
  };
  const bound = (cpus: { senderCpu?: number; receiverCpu?: number }) => {
    const words = netperf.client({ ...order, ...cpus });
    return words.includes('-T') ? words[words.indexOf('-T') + 1] : null;
  };
  t.is(bound({}), null);
  t.is(bound({ senderCpu: 0, receiverCpu: 1 }), '0,1');
  t.is(bound({ receiverCpu: 1 }), ',1');
});

test('trafgen: the CPU that sent', (t) => {
  t.deepEqual(parseTrafgen(recorded('trafgen.txt')), {
    sentPackets: 798_720,
    packetsPerSecond: 798_720 / 0.981165,
  });
  t.throws(() => parseTrafgen('No networking device or pcap file: nodev\n'), { message: /no packets/ });
});

test('versions', (t) => {
  t.is(iperf3.parseVersion('iperf 3.12 (cJSON 1.7.15)\nLinux'), '3.12');
  t.is(sockperf.parseVersion('sockperf, version 3.7-no.git \n   compiled'), '3.7-no.git');
  t.is(trafgen.parseVersion('\ntrafgen 0.6.8 (Flutternozzle), Git id: (none)\n'), '0.6.8');
  t.is(netperf.parseVersion('Netperf version 2.7.0\n'), '2.7.0');
  for (const tool of [iperf3, sockperf, netperf, trafgen]) t.is(tool.parseVersion('something else'), null);
});

test('counters of a device from /proc/net/dev, and ports from /proc/net/udp', (t) => {
  const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0
 veth0: 1299777   20251    0    3    0     0          0         0 71100258 1110924    0    7    0     0       0          0
`;
  t.deepEqual(parseDevice(text, 'veth0'), { received: 20_251, sent: 1_110_924, unsent: 7 });
  t.throws(() => parseDevice(text, 'veth1'), { message: /no counters of veth1/ });
  const sockets = `  sl  local_address rem_address   st tx_queue
   63: 010113C6:1B62 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 65243 2 0 0
`;
  t.true(hasPort(sockets, 7_010));
  t.false(hasPort(sockets, 7_011));
  t.false(hasPort('  sl  local_address\n', 0));
});
