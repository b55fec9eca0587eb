/* SPDX-License-Identifier: MIT */
/*
 * Tracing: be told of every block that comes and goes, or of a sample of them.
 *
 * Both need a build with MICA_TRACE 1 (config.h). In any other the functions
 * answer MICA_ERROR_REFUSED, and malloc and free have not an instruction more.
 * mica.h includes this header.
 *
 * What is told:
 * - A block's end is told before anybody else can have its address, and its
 *   begin after that: events of one address come in the order in which they
 *   happened, whatever the threads.
 * - It is told in the context of the call, outside guard and locks: also in
 *   interrupt handlers, where these allocate or free.
 * - What a hook itself allocates and frees works as ever, and is not told. On
 *   cores that tasks and interrupts share nobody knows which of them is in a
 *   hook: there the calls that a hook makes are told, up to four deep, so a
 *   hook had better not make any. What was not told counts as lost.
 */
#ifndef MICA_TRACE_H
#define MICA_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <mica/mica.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mica_heap;

enum mica_trace_kind {
	MICA_TRACE_MALLOC,	/* a block was handed out */
	MICA_TRACE_FREE,	/* a block is about to be freed */
	MICA_TRACE_RESIZE,	/* a block stays, for so many bytes from now on */
	MICA_TRACE_MOVE,	/* a block replaces @old, which is about to go */
	MICA_TRACE_FAILURE,	/* a request got nothing; @old stays */
	MICA_TRACE_DESTROY,	/* all blocks that @heap has are about to go */
};

/**
 * struct mica_trace_event - what happened
 * @kind: enum mica_trace_kind
 * @block: the block; NULL: FAILURE
 * @old: what was to be resized, else NULL
 * @size: bytes asked for, SIZE_MAX if a product overflowed; 0: FREE
 * @align: asked for, 1 if none was; 0: FREE
 * @heap: MALLOC, MOVE: the heap that has @block; FAILURE: the one that had none,
 *	NULL if there is no such heap; DESTROY: the one that goes; others: NULL.
 *	NULL in a build without heaps, too
 */
struct mica_trace_event {
	enum mica_trace_kind kind;
	void *block;
	void *old;
	size_t size;
	size_t align;
	struct mica_heap *heap;
};

/**
 * struct mica_tracer - who is told
 * @event: gets @context and what happened, which is gone when it returns
 * @context: handed to @event
 */
struct mica_tracer {
	void (*event)(void *context, const struct mica_trace_event *event);
	void *context;
};

/**
 * mica_on_trace() - be told of every block that comes and goes
 * @tracer: must stay as it is while it is set; NULL: nobody is told
 *
 * A free of a pointer that is wrong in any way is told as well, and reported
 * after that. NULL freed is not told. A heap that is destroyed is one event,
 * since nobody looks at its blocks; one that is deleted is none: its blocks
 * live on.
 *
 * Context: any task; calls that are under way may still tell the one before.
 * Cost: constant; of an event, the hook, once a call.
 * Return: 0; MICA_ERROR_INVALID and nothing changed, if it has no @event;
 * MICA_ERROR_REFUSED, not in this build.
 */
MICA_API int mica_on_trace(const struct mica_tracer *tracer);

/**
 * struct mica_sample - a block that stands for others
 * @block: the block
 * @size: bytes asked for
 * @weight: bytes asked for since the sample before, this block's among them:
 *	what it stands for. The weights add up to all that was allocated
 * @freed: it is about to be freed; else it was handed out
 * @kept: its free will be told, too, or is; false: no room to remember it
 */
struct mica_sample {
	void *block;
	size_t size;
	size_t weight;
	bool freed;
	bool kept;
};

#define MICA_SAMPLE_INTERVAL_MAX ((size_t)1 << 30)

/**
 * struct mica_sampler - who is told of samples
 * @interval: bytes from one to the next, on average; 1 to
 *	MICA_SAMPLE_INTERVAL_MAX. Each distance is drawn anew, evenly from 1 to
 *	2 * @interval - 1, so that no pattern of a program hides from it
 * @sample: gets @context and a sample, which is gone when it returns
 * @context: handed to @sample
 */
struct mica_sampler {
	size_t interval;
	void (*sample)(void *context, const struct mica_sample *sample);
	void *context;
};

/**
 * mica_on_sample() - be told of a block every so many bytes, and of its free
 * @sampler: must stay as it is while it is set; NULL: nobody is told
 *
 * For heap profilers. At most MICA_SAMPLE_SLOTS (config.h) samples that live are
 * remembered; those of the sampler before are forgotten. A block that is resized
 * in place stays what it was; one that moves ends, and may be sampled again.
 * Those of a heap that is destroyed are told as freed, one by one.
 *
 * Context: any task; calls that are under way may still tell the one before.
 * Cost: MICA_SAMPLE_SLOTS; of each malloc one atomic addition, of each
 * free eight looks, of a heap's end MICA_SAMPLE_SLOTS.
 * Return: 0; MICA_ERROR_INVALID and nothing changed, if it has no @sample or its
 * interval is out of range; MICA_ERROR_REFUSED, not in this build.
 */
MICA_API int mica_on_sample(const struct mica_sampler *sampler);

/**
 * mica_trace_lost() - how many events there were that nobody was told of
 *
 * Those of calls that hooks made, and of requests by threads for which there
 * was no memory to begin with. Counted while a tracer or a sampler is set.
 *
 * Context: any. Cost: constant.
 * Return: events since the program began, modulo a word.
 */
MICA_API size_t mica_trace_lost(void);

#ifdef __cplusplus
}
#endif
#endif
