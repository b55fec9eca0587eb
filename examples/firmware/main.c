/* SPDX-License-Identifier: MIT */
/*
 * A sensor node, as firmware often is: blocks are malloced in one place and
 * freed in another, interrupts included.
 *
 *	tick interrupt	mallocs a reading every 2nd tick, sends it to the filter;
 *			frees the receipts that the radio sends back
 *	filter task	frees readings; keeps nodes of what it learnt, forgets
 *			random ones; mallocs packets, sends them to the radio
 *	radio task	frees packets; assembles every 8th with others in a
 *			buffer of 1 KiB; mallocs receipts for the interrupt
 *	monitor task	draws the heap now and then, least urgent of all
 *
 *	firmware [color]
 *
 * Exit status 0 when at the end no block is left and mica_check() is content.
 */
#include <mica/mica.h>
#include "kernel.h"
#include "ledger.h"
#include "picture.h"

#define STACK_WORDS 512
#define QUEUE_SLOTS 16
#define NODES 220
#define RUN_TICKS 9000
#define TICK_CYCLES 20000
#define PICTURES 2

struct reading {
	uint32_t tick;
	uint32_t samples[4];
};

struct packet {
	uint32_t number;
	uint8_t payload[];
};

static _Alignas(16) uintptr_t filter_stack[STACK_WORDS];
static _Alignas(16) uintptr_t radio_stack[STACK_WORDS];
static _Alignas(16) uintptr_t monitor_stack[STACK_WORDS];
static struct task filter_task, radio_task, monitor_task;

#define QUEUE(name)							\
	static void *name##_slots[QUEUE_SLOTS];				\
	static struct queue name = {					\
		.slots = name##_slots, .capacity = QUEUE_SLOTS,		\
	}
QUEUE(readings);
QUEUE(packets);
QUEUE(receipts);

static uint32_t sent, received, refused;
static volatile uint32_t over;

/* Ends a queue: nothing is sent after it. */
static struct reading last_reading;
static struct packet last_packet;

static uint32_t chance(uint32_t bound)
{
	static uint32_t x = 1;

	x = x * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)x * bound >> 32);
}

static void tick(uint32_t now)
{
	void *receipt = queue_try_receive(&receipts);
	struct reading *reading;

	if (receipt)
		owned_free(receipt);
	if (over || now % 2)
		return;
	if (now >= RUN_TICKS) {
		over = queue_try_send(&readings, &last_reading);
		return;
	}
	reading = owned_malloc(OWNER_READING, sizeof(*reading));
	if (!reading) {
		refused++;
		return;
	}
	reading->tick = now;
	if (!queue_try_send(&readings, reading))
		owned_free(reading);
}

static void node_change(void **node)
{
	if (*node)
		owned_free(*node);
	*node = owned_malloc(OWNER_NODE, 16 + chance(49));
	refused += !*node;
}

static void packet_send(void)
{
	size_t bytes = 64 + chance(192);
	struct packet *packet = owned_malloc(OWNER_PACKET,
					     sizeof(*packet) + bytes);

	if (!packet) {
		refused++;
		return;
	}
	packet->number = sent++;
	for (size_t i = 0; i < bytes; i++)
		packet->payload[i] = (uint8_t)i;
	queue_send(&packets, packet);
}

static void filter_run(void *argument)
{
	static void *nodes[NODES];
	struct reading *reading;

	(void)argument;
	while ((reading = queue_receive(&readings)) != &last_reading) {
		node_change(&nodes[chance(NODES)]);
		if (reading->tick % 4 == 0)
			packet_send();
		owned_free(reading);
	}
	for (int i = 0; i < NODES; i++)
		if (nodes[i])
			owned_free(nodes[i]);
	queue_send(&packets, &last_packet);
}

static void receipt_send(uint32_t number)
{
	uint32_t *receipt = owned_malloc(OWNER_READING, 8);

	if (!receipt) {
		refused++;
		return;
	}
	*receipt = number;
	if (!queue_try_send(&receipts, receipt))
		owned_free(receipt);
}

static void radio_run(void *argument)
{
	struct packet *packet;
	void *buffer = NULL;

	(void)argument;
	while ((packet = queue_receive(&packets)) != &last_packet) {
		if (packet->number % 8 == 0) {
			if (buffer)
				owned_free(buffer);
			buffer = owned_malloc(OWNER_BUFFER, 1024);
			refused += !buffer;
		}
		task_sleep(chance(9));
		receipt_send(packet->number);
		owned_free(packet);
		received++;
	}
	if (buffer)
		owned_free(buffer);
}

static void monitor_run(void *argument)
{
	(void)argument;
	for (int i = 1; i <= PICTURES; i++) {
		task_sleep(RUN_TICKS / (PICTURES + 1));
		picture_heap(i == 1 ? "the heap while it fills" :
			     "the heap some thousand messages later");
	}
	picture_statistics();
}

static void task_show(const struct task *task)
{
	text("  ");
	text(task->name);
	text(" ran ");
	number(task->runs, 0);
	text(" times;");
}

static int verdict(void)
{
	struct mica_stats stats;
	void *receipt;
	int fault;

	while ((receipt = queue_try_receive(&receipts)))
		owned_free(receipt);
	mica_collect(true);
	mica_stats(&stats);
	fault = mica_check();
	text("\n");
	task_show(&filter_task);
	task_show(&radio_task);
	text("\n  ");
	number(kernel_ticks(), 0);
	text(" ticks, ");
	number(sent, 0);
	text(" packets sent, ");
	number(received, 0);
	text(" received, ");
	number(refused, 0);
	text(" requests refused, ");
	number((uint32_t)stats.live_blocks, 0);
	text(" blocks left, ");
	text(fault ? "an invariant is VIOLATED\n" : "all invariants hold\n");
	return fault || stats.live_blocks || sent != received;
}

int main(int argc, char **argv)
{
	picture_color(argc > 1 && argv[1][0] == 'c');
	text("\n  mica on a Cortex-M: tasks and an interrupt share one heap\n");
	task_create(&filter_task, "filter", filter_run, NULL, 3, filter_stack,
		    STACK_WORDS);
	task_create(&radio_task, "radio", radio_run, NULL, 4, radio_stack,
		    STACK_WORDS);
	task_create(&monitor_task, "monitor", monitor_run, NULL, 1,
		    monitor_stack, STACK_WORDS);
	kernel_run(&(struct kernel_setup){
		.tick_cycles = TICK_CYCLES, .on_tick = tick,
	});
	return verdict();
}
