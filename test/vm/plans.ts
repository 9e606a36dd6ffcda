// The one table of plans, in the order of docs/kernels.md.

import { cases } from './cases/plan.js';
import { hosts } from './hosts/plan.js';
import { journeys } from './journeys/plan.js';
import { libraries } from './libraries/plan.js';
import type { Plan } from './plan.js';
import { rights } from './rights/plan.js';
import { rounds } from './rounds/plan.js';
import { service } from './service/plan.js';
import { vhost } from './vhost/plan.js';

export const plans: readonly Plan<unknown>[] = [
  rounds,
  libraries,
  cases,
  journeys,
  vhost,
  service,
  rights,
  hosts,
];
