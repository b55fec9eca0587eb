/* SPDX-License-Identifier: MIT */
/*
 * Message queues: a ring of pointers and two lists of waiting tasks. A woken
 * task looks again, because another may have come first.
 */
#include "kernel.h"

static bool put(struct queue *queue, void *message)
{
	unsigned int at = queue->head + queue->count;

	if (queue->count == queue->capacity)
		return false;
	queue->slots[at % queue->capacity] = message;
	queue->count++;
	task_wake_one(&queue->receivers);
	return true;
}

static void *get(struct queue *queue)
{
	void *message;

	if (!queue->count)
		return NULL;
	message = queue->slots[queue->head];
	queue->head = (queue->head + 1) % queue->capacity;
	queue->count--;
	task_wake_one(&queue->senders);
	return message;
}

bool queue_try_send(struct queue *queue, void *message)
{
	uintptr_t state = kernel_lock();
	bool done = put(queue, message);

	kernel_unlock(state);
	return done;
}

void *queue_try_receive(struct queue *queue)
{
	uintptr_t state = kernel_lock();
	void *message = get(queue);

	kernel_unlock(state);
	return message;
}

/* The switch happens as soon as the lock is let go. */
void queue_send(struct queue *queue, void *message)
{
	uintptr_t state = kernel_lock();

	while (!put(queue, message)) {
		task_wait(&queue->senders);
		kernel_unlock(state);
		state = kernel_lock();
	}
	kernel_unlock(state);
}

void *queue_receive(struct queue *queue)
{
	uintptr_t state = kernel_lock();
	void *message;

	while (!(message = get(queue))) {
		task_wait(&queue->receivers);
		kernel_unlock(state);
		state = kernel_lock();
	}
	kernel_unlock(state);
	return message;
}
