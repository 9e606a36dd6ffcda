// Readings as the ledger gives them, and the text that the service would serve of them.
import { Exposition, type ExpositionParts } from '../../../src/export/prometheus/exposition.js';
import { LegSeriesLedger } from '../../../src/journey/legSeriesLedger.js';
import { snapBounds } from '../../../src/measure/bounds.js';
import { finest } from '../../../src/measure/hdr.js';
import type { FollowingReading, SeriesReading } from '../../../src/measure/series.js';
import { SeriesLedger } from '../../../src/measure/seriesLedger.js';
import { incrementOf, SampleDevice } from '../../measure/sampleIncrement.js';

const boundsNs = snapBounds(null);

export const sampleReading = (parts: Partial<SeriesReading> = {}): SeriesReading => ({
  boundsNs,
  segments: [],
  drops: [],
  following: null,
  hooks: [
    { hook: 'net_dev_queue', mechanism: 'tp_btf', state: 'attached', reason: null },
    { hook: 'tun_get_user', mechanism: null, state: 'missing', reason: 'not allowed' },
  ],
  devices: { veth: 1, tap: 0, tun: 0, other: 0 },
  bucketWidthRatio: finest.bucketWidthRatio,
  unlearnedHookRuns: 0,
  devicesTurnedAway: 0,
  seriesTurnedAway: 0,
  readingSeconds: 0.001,
  ...parts,
});

/** A backlog in which packets have waited so long, on a device that has dropped three. */
export function readingOf(device: SampleDevice, waitsNs: readonly number[]): SeriesReading {
  const ledger = new SeriesLedger({ boundsNs, maxSeries: 10, maxWindowMs: 1_000 }, () => 0);
  ledger.add(device, 'backlog', incrementOf(waitsNs, { started: waitsNs.length + 2, dropped: 1 }));
  ledger.addDrops(device, 'NO_SOCKET', 3);
  return sampleReading(ledger.reading([device], () => 1));
}

/** A forwarder from one tun to another had packets for so long; one packet it has kept. */
export function followingOf(residencesNs: readonly number[]): FollowingReading {
  const [from, to] = [new SampleDevice('tun0', 'host', 'tun'), new SampleDevice('tun1', 'host', 'tun')];
  const ledger = new LegSeriesLedger(
    (number) => [from, to][number] ?? null,
    { boundsNs, maxSeries: 10, maxWindowMs: 1_000 },
    () => 0,
  );
  for (const residenceNs of residencesNs) ledger.leg(0, 1, residenceNs);
  ledger.unreturned(0);
  const whole = residencesNs.length;
  const totals = { every: 1, begun: whole + 1, whole, partial: 1, ambiguous: 0, overlong: 0, evicted: 0 };
  return { ...ledger.reading([from, to]), journeys: { ...totals, lostEvents: 0, unrecognisable: 2 } };
}

/** An awkward name, which is allowed nevertheless. */
export const awkwardName = 'a"b\\c\n{}=,#é';

export const sampleExposition = (parts: Partial<ExpositionParts> = {}): Exposition =>
  new Exposition({
    build: { version: '0.1.0', libbpf: '1.1.2', kernel: '6.1.0', node: 'v20.20.2' },
    read: () => readingOf(new SampleDevice('veth0'), [500, 5_000, 5_000_000]),
    service: () => ({
      lastReload: { successful: true, lastSuccessAt: new Date('2026-01-02T03:04:05.000Z') },
      log: { intervals: 12, lostIntervals: 1 },
      asked: { turnedAway: 0, cutOff: 0, refused: 0 },
      snapshotsRefused: 0,
    }),
    ...parts,
  });
