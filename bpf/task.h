/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
 * What tasks do while packets wait for them: sched_wakeup and sched_switch, attached only for tracing. Noted are the
 * tasks that read or write packets, and each CPU's ksoftirqd.
 */
#ifndef VIFSCOPE_TASK_H
#define VIFSCOPE_TASK_H

/* include/linux/sched.h, __TASK_STOPPED and __TASK_TRACED: the same from 5.10 to 7.2. */
enum { STOPPED_OR_TRACED = 0x0c };

struct task_notes {
	__u32 task; /* 0: free */
	__u32 state;
	__u64 since_ns;
	__u64 woken_ns;
	__u64 scheduled_ns;
	__u64 spent_ns[VS_TASK_STATE_N]; /* so far in each state, since since_ns not included */
	__u32 cpu; /* it ran last on */
	__u32 woken_from; /* its state before it was last woken */
};

OWN_ARRAY(tasks, struct task_notes); /* by hash of the task's number */
OWN_ARRAY(softirq_tasks, struct task_notes); /* by cpu */

/* Two that fall on one place: the later one stays. */
static __always_inline struct task_notes *place_of_task(__u32 number)
{
	__u32 index = place_of(number, VS_TASK_BITS);

	return bpf_map_lookup_elem(&tasks, &index);
}

static __always_inline struct task_notes *known_task(__u32 number)
{
	struct task_notes *task = place_of_task(number);

	return task && number && task->task == number ? task : NULL;
}

static __always_inline void come_to_know(struct task_notes *task, __u32 number, enum vs_task_state state, __u64 now_ns)
{
	task->task = 0;
	task->state = state;
	task->since_ns = now_ns;
	task->woken_ns = 0;
	task->scheduled_ns = 0;
	task->woken_from = VS_TASK_STATE_SLEEPING;
	task->cpu = bpf_get_smp_processor_id();
	for (int i = 0; i < VS_TASK_STATE_N; i++)
		task->spent_ns[i] = 0;
	task->task = number;
}

/* The current task's number; from now on it is noted what it does. */
static __always_inline __u32 know_current(__u64 now_ns)
{
	__u32 number = bpf_get_current_pid_tgid();
	struct task_notes *task = place_of_task(number);

	if (task && task->task != number)
		come_to_know(task, number, VS_TASK_STATE_RUNNING, now_ns);
	return number;
}

static __always_inline struct task_notes *softirq_task_here(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&softirq_tasks, &cpu);
}

static __always_inline bool is_ksoftirqd(struct task_struct *p)
{
	char name[10];

	if (bpf_probe_read_kernel(name, sizeof(name), p->comm))
		return false;
	return name[0] == 'k' && name[1] == 's' && name[2] == 'o' && name[3] == 'f' && name[4] == 't' &&
	       name[5] == 'i' && name[6] == 'r' && name[7] == 'q' && name[8] == 'd' && name[9] == '/';
}

/* The notes of a task, or NULL. This CPU's ksoftirqd is recognised when it is first woken or run: by whichever
 * comes first, on its own CPU, since nobody else wakes it.
 */
static __always_inline struct task_notes *notes_of(struct task_struct *p, __u64 now_ns)
{
	__u32 number = p->pid;
	struct task_notes *task = known_task(number);

	if (task || !number)
		return task;
	task = softirq_task_here();
	if (!task || (task->task && task->task != number))
		return NULL;
	if (!task->task) {
		if (!is_ksoftirqd(p))
			return NULL;
		come_to_know(task, number, VS_TASK_STATE_SLEEPING, now_ns);
	}
	return task;
}

static __always_inline void turn(struct task_notes *task, enum vs_task_state state, __u64 now_ns)
{
	__u64 since_ns = task->since_ns;

	if (now_ns > since_ns)
		task->spent_ns[task->state & (VS_TASK_STATE_N - 1)] += now_ns - since_ns;
	task->state = state;
	task->since_ns = now_ns;
}

/* How long it was in this state, up to now. */
static __always_inline __u64 spent_in(const struct task_notes *task, __u32 state, __u64 now_ns)
{
	__u64 spent_ns = task->spent_ns[state];

	return task->state == state && now_ns > task->since_ns ? spent_ns + (now_ns - task->since_ns) : spent_ns;
}

static __always_inline enum vs_task_state state_of(struct task_struct *p, bool is_preempted)
{
	__u32 state;

	if (is_preempted)
		return VS_TASK_STATE_RUNNABLE;
	if (bpf_core_field_exists(p->__state))
		state = p->__state;
	else
		state = ((struct task_struct___before_5_14 *)p)->state;
	if (!state)
		return VS_TASK_STATE_RUNNABLE;
	return state & STOPPED_OR_TRACED ? VS_TASK_STATE_STOPPED : VS_TASK_STATE_SLEEPING;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(on_sched_switch, bool is_preempted, struct task_struct *before, struct task_struct *after)
{
	__u64 now_ns = bpf_ktime_get_ns();
	struct task_notes *task = notes_of(before, now_ns);

	if (task)
		turn(task, state_of(before, is_preempted), now_ns);
	task = notes_of(after, now_ns);
	if (task) {
		turn(task, VS_TASK_STATE_RUNNING, now_ns);
		task->scheduled_ns = now_ns;
		task->cpu = bpf_get_smp_processor_id();
	}
	return 0;
}

SEC("tp_btf/sched_wakeup")
int BPF_PROG(on_sched_wakeup, struct task_struct *p)
{
	__u64 now_ns = bpf_ktime_get_ns();
	struct task_notes *task = notes_of(p, now_ns);

	/* One that had not gone to sleep yet goes on running. */
	if (task && task->state != VS_TASK_STATE_RUNNING) {
		task->woken_from = task->state;
		turn(task, VS_TASK_STATE_RUNNABLE, now_ns);
		task->woken_ns = now_ns;
	}
	return 0;
}

#endif
