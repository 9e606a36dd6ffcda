// Every path of the host that this folder reads, in one place, so that tests can lay out a tree of their own.

export interface HostPaths {
  readonly kernelBtf: string;
  /** Types of the module tun, where it is one. */
  readonly tunBtf: string;
  readonly kernelRelease: string;
  readonly perfEventParanoid: string;
  readonly unprivilegedBpfDisabled: string;
  readonly bpfJitEnable: string;
  readonly lockdown: string;
  readonly possibleCpus: string;
  readonly onlineCpus: string;
  /** One directory a module that is loaded or has parameters. */
  readonly loadedModules: string;
  /** One directory a kernel release. */
  readonly installedModules: string;
  readonly kvm: string;
  readonly ownStatus: string;
  readonly ownLimits: string;
  /** One entry a network device of our namespace. */
  readonly ownDevices: string;
  readonly ownNetns: string;
  readonly ownUserNamespace: string;
  /** Where iproute2 mounts the namespaces that it names. */
  readonly namedNetns: string;
}

/** The paths below `root`, "" being the real host. */
export function hostPaths(root = ''): HostPaths {
  const sysctl = `${root}/proc/sys`;
  return {
    kernelBtf: `${root}/sys/kernel/btf/vmlinux`,
    tunBtf: `${root}/sys/kernel/btf/tun`,
    kernelRelease: `${sysctl}/kernel/osrelease`,
    perfEventParanoid: `${sysctl}/kernel/perf_event_paranoid`,
    unprivilegedBpfDisabled: `${sysctl}/kernel/unprivileged_bpf_disabled`,
    bpfJitEnable: `${sysctl}/net/core/bpf_jit_enable`,
    lockdown: `${root}/sys/kernel/security/lockdown`,
    possibleCpus: `${root}/sys/devices/system/cpu/possible`,
    onlineCpus: `${root}/sys/devices/system/cpu/online`,
    loadedModules: `${root}/sys/module`,
    installedModules: `${root}/lib/modules`,
    kvm: `${root}/dev/kvm`,
    ownDevices: `${root}/sys/class/net`,
    ownStatus: `${root}/proc/self/status`,
    ownLimits: `${root}/proc/self/limits`,
    ownNetns: `${root}/proc/self/ns/net`,
    ownUserNamespace: `${root}/proc/self/ns/user`,
    namedNetns: `${root}/run/netns`,
  };
}
