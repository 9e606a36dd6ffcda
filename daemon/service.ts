// The composition root of the service: attachment → meter → books → metrics, snapshots, log → HTTP, control socket.
import { ExitCode, reasonOf } from '../src/errors.js';
import { dropReasonsBy } from '../src/host/dropReasons.js';
import { NetnsNames } from '../src/host/netnsNames.js';
import { type Attachment, takeOver } from '../src/kernel/attachment.js';
import { Meter } from '../src/kernel/meter.js';
import { geometryOf } from '../src/kernel/sizes.js';
import { type IsWanted, wantedBy } from '../src/measure/devicePatterns.js';
import { type Config, changesBetween, defaultConfig, readConfig } from './config/config.js';
import { Following } from './following.js';
import type { Inheritance } from './handover.js';
import { type ClosedInterval, Interval, snapshotOf } from './interval.js';
import type { Journal } from './journal.js';
import { LogWriter } from './logWriter.js';
import { limitsOf, MetricsSource } from './metricsSource.js';
import { Notifier } from './notify/notifier.js';
import { type LastReading, Pulse } from './pulse.js';
import { routesOf } from './routes.js';
import { noneTurnedAway, openServers, type Servers } from './servers.js';
import { Snapshots } from './snapshots.js';
import { Lifecycle } from './state.js';

/** After SIGTERM the process is gone within two seconds, whatever hangs. */
const stopLimitMs = 1_700;
/** A shard's least use: a device of the fewest segments. */
const shardsADevice = 2;

export class Service {
  readonly #journal: Journal;
  readonly #configPath: string | null;
  readonly #attachment: Attachment;
  readonly #meter: Meter;
  readonly #following: Following | null;
  readonly #metrics: MetricsSource;
  readonly #snapshots: Snapshots;
  readonly #log: LogWriter | null;
  readonly #pulse: Pulse;
  readonly #notifier: Notifier;
  readonly #lifecycle = new Lifecycle();
  readonly #watchdog: NodeJS.Timeout | null;
  #config: Config;
  #lastReload = { successful: true, lastSuccessAt: new Date() };
  #servers: Servers | null = null;
  #opening: Promise<Servers> | null = null;
  #stopping: Promise<ExitCode> | null = null;
  #isReloadDue = false;
  #statusTold = '';

  /** Measures. @throws VifscopeError when the configuration or the log is not to be had */
  constructor({ kernel, dropReasons, configPath }: Inheritance, journal: Journal) {
    const config = configPath === null ? defaultConfig : readConfig(configPath);
    this.#journal = journal;
    this.#configPath = configPath;
    this.#config = config;
    this.#notifier = new Notifier(process.env, (text) => journal('warning', text));
    this.#attachment = takeOver(kernel);
    const names = new NetnsNames();
    this.#meter = new Meter(this.#attachment, {
      isWanted: wantedByConfig(config),
      netnsName: (inum) => names.nameOf(inum),
      dropReasons: dropReasonsBy(dropReasons),
    });
    const warn = (text: string) => journal('warning', text);
    const { every, quietMs } = config.journeys;
    const series = limitsOf(config.metrics, geometryOf(kernel.sizes));
    this.#following =
      every === null ? null : new Following(this.#attachment, this.#meter, { every, quietMs, series, warn });
    this.#metrics = new MetricsSource({
      meter: this.#meter,
      attachment: this.#attachment,
      following: this.#following,
      config: config.metrics,
      service: () => ({
        lastReload: this.#lastReload,
        log: this.#log,
        asked: this.#servers?.counts ?? noneTurnedAway,
        snapshotsRefused: this.#snapshots.refused,
      }),
    });
    const intervals = {
      open: (isWanted: IsWanted, hasRoom?: () => boolean) => this.#openInterval(isWanted, hasRoom),
      workOut: (closed: ClosedInterval) => snapshotOf(closed, this.#attachment),
    };
    this.#snapshots = new Snapshots({ ...intervals, limits: () => this.#config.limits });
    const { directory } = config.log;
    this.#log = directory === null ? null : new LogWriter(directory, config.log, { ...intervals, warn });
    this.#pulse = new Pulse(this.#meter, (reading) => this.#afterReading(reading));
    const { watchdogIntervalMs } = this.#notifier;
    this.#watchdog =
      watchdogIntervalMs === null ? null : setInterval(() => this.#feedWatchdog(), watchdogIntervalMs);
  }

  /** Reads the configuration again, once the service is ready; a wrong one changes nothing. */
  reload(): void {
    this.#isReloadDue = this.#lifecycle.now.state === 'starting';
    if (!this.#lifecycle.isServing) return;
    this.#notifier.reloading();
    try {
      const config = this.#configPath === null ? defaultConfig : readConfig(this.#configPath);
      this.#apply(config);
      this.#lastReload = { successful: true, lastSuccessAt: new Date() };
    } catch (error) {
      this.#journal('error', `the configuration is left as it was: ${reasonOf(error)}`);
      this.#lastReload = { ...this.#lastReload, successful: false };
    }
    this.#notifier.ready(this.#status());
  }

  /** Answers what is under way with what there is, detaches and ends; asked again, it is the same end. @returns the exit code */
  stop(): Promise<ExitCode> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** Is ready, unless told to end before. @throws VifscopeError when an address or the control socket is not to be had */
  async serve(): Promise<void> {
    const routes = {
      exposition: this.#metrics.exposition,
      snapshots: this.#snapshots,
      state: () => this.#lifecycle.now,
    };
    this.#opening = openServers(this.#config, (door) => routesOf(routes, door), this.#journal);
    this.#servers = await this.#opening;
    for (const address of this.#servers.addresses) this.#journal('info', `serving on ${address}`);
    for (const { hook, reason } of this.#attachment.hooks.filter(({ state }) => state === 'missing'))
      this.#journal('warning', `hook ${hook} is missing: ${reason}`);
    if (!this.#lifecycle.enter({ state: 'running' })) return;
    this.#meter.control.phase = 'measuring';
    this.#journal('info', `ready: ${this.#status()}`);
    this.#notifier.ready(this.#status());
    if (this.#isReloadDue) this.reload();
    void this.#rehearse();
  }

  async #stop(): Promise<ExitCode> {
    this.#lifecycle.enter({ state: 'draining' });
    this.#notifier.stopping();
    this.#journal('info', 'stopping');
    const limit = setTimeout(() => {
      this.#journal('warning', `not ended after ${stopLimitMs} ms; leaving at once`);
      process.exit(ExitCode.failed);
    }, stopLimitMs);
    this.#snapshots.endAll();
    await this.#log?.end();
    await (await this.#opening)?.close();
    this.#pulse.stop();
    this.#following?.stop();
    if (this.#watchdog) clearInterval(this.#watchdog);
    this.#meter.end();
    this.#attachment.close();
    clearTimeout(limit);
    this.#lifecycle.enter({ state: 'stopped' });
    return ExitCode.ok;
  }

  /** After the service is ready, which it is without: where it fails, the first scrapes take longer. */
  async #rehearse(): Promise<void> {
    try {
      await this.#metrics.rehearse();
    } catch (error) {
      this.#journal('warning', `scrapes could not be rehearsed: ${reasonOf(error)}`);
    }
  }

  /** First what can be refused, then the rest: a wrong configuration is taken as a whole or not at all. */
  #apply(config: Config): void {
    const { live, needRestart } = changesBetween(this.#config, config);
    this.#metrics.reconfigure(config.metrics);
    this.#meter.reconsider(wantedByConfig(config));
    this.#log?.reconfigure(config.log);
    this.#servers?.limitConnections(config.web.maxConnections);
    this.#config = config;
    this.#journal('info', `configuration read again; changed: ${live.join(', ') || 'nothing'}`);
    if (needRestart.length > 0)
      this.#journal('warning', `changed only by a restart: ${needRestart.join(', ')}`);
  }

  #openInterval(isWanted: IsWanted, hasRoom: () => boolean = () => true): Interval {
    const { shards } = this.#attachment.sizes;
    const mostDevices = Math.floor(shards / shardsADevice) + this.#config.limits.snapshotDevices;
    const legs = this.#following?.openInterval(isWanted) ?? null;
    return new Interval(this.#meter, { isWanted, mostDevices, hasRoom }, legs);
  }

  #afterReading(reading: LastReading): void {
    this.#metrics.callRoll();
    if (this.#lifecycle.follow(reading)) this.#tellReading(reading);
    const status = this.#status();
    if (status !== this.#statusTold) this.#notifier.status(status);
    this.#statusTold = status;
  }

  #tellReading(reading: LastReading): void {
    if (reading.state === 'fine') this.#journal('info', "the kernel's memory is read again");
    else this.#journal('error', `the kernel's memory can't be read: ${reading.reason}`);
  }

  /** Fed only while the kernel's memory is read: a service that reads nothing is to be started anew. */
  #feedWatchdog(): void {
    if (this.#lifecycle.now.state !== 'failed') this.#notifier.watchdog();
  }

  #status(): string {
    const { now } = this.#lifecycle;
    const state = now.state === 'failed' ? `failed: ${now.reason}` : now.state;
    const missing = this.#attachment.hooks.filter((hook) => hook.state === 'missing').length;
    const hooks = missing === 0 ? 'all hooks attached' : `${missing} hooks missing`;
    const reload = this.#lastReload.successful
      ? ''
      : '; the last configuration read was wrong, the old one holds';
    return `${state}, ${this.#meter.devices.length} devices, ${hooks}${reload}`;
  }
}

const wantedByConfig = ({ devices }: Config): IsWanted => wantedBy(devices.include, devices.exclude);
