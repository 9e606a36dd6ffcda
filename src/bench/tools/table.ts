// The one table of tools, in the order in which they run.
import { iperf3 } from './iperf3.js';
import { netperf } from './netperf.js';
import { sockperf } from './sockperf.js';
import type { Tool } from './tool.js';
import { trafgen } from './trafgen.js';

export const tools: readonly Tool[] = [iperf3, sockperf, netperf, trafgen];
