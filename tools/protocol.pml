/* SPDX-License-Identifier: MIT */
/*
 * The protocol between a page's owner and everybody else, for spin.
 *
 * One page of three blocks, which is full at first, and four contexts: its
 * owner, which frees, allocates and ends; two that free a block of it from
 * elsewhere, may allocate, and end; and one that begins when the owner has
 * ended, takes the owner's part over if it can, and frees what the owner left.
 * Names are those of core/remote.h, page.c, settle.c, abandon.c and context.c.
 * With ROUNDS it is three: an owner that also hands blocks out again and again,
 * one that frees those, and one that frees a block and may be slow about it.
 * Not in it: the order of accesses (the model is sequentially consistent), and
 * frees by a thread without a context, which settle nothing.
 *
 * Asserted: one writer of the page's plain fields at a time (invariant 5), on
 * one list at most (4), never touched after its release, or while it is stripped,
 * no stale entry in a part's cache of own pages, and no free block lost at the end: the page is
 * released, or full, or abandoned and to be found.
 *
 * tools/model.py searches all of it, then plants one fault after the other
 * (the FAULT_ macros), each of which spin must find.
 */
#define N 3
#define NOBODY 4		/* owner of an abandoned page */
#define PARTS 4

mtype = { OWNED, FULL, LISTED, ABANDONED };	/* state of the remote word */
mtype = { NOWHERE, QUEUED, CURRENT };		/* where its owner has it */
mtype = { LIVE, ENDED, DRAINED };		/* life of a part */

/* The remote word: changes together. */
mtype state = FULL;
byte count = 0;

/* Plain fields of the page: the owner's. */
byte owner = 0;
mtype place = NOWHERE;
bool is_full = true;		/* PAGE_FULL */
byte own = 0;			/* free blocks in the owner's hands */

bool abandoned_bit = false;
bool released = false;
bool stripped = false;		/* the word says: all free, in no list */
bool gone = false;		/* ghost: the memory of the blocks is */
byte writers = 0;		/* ghost: who is among the plain fields */

bool listed[PARTS];		/* the page is on the part's list */
mtype life[PARTS];
bool cached[PARTS];		/* the part's own_tag names the page */
bool reusable = false;		/* part 0 is on ended_parts */
byte left = 1;			/* blocks in the owner's hands, then its heir's */
byte done = 0;

#define enter() atomic { assert(writers == 0 && !released); writers = 1 }
#define leave() writers = 0

inline release(me)
{
	assert(!released && state != LISTED && count + own == N);
	released = true;
	cached[me] = false;
	place = NOWHERE
}

/* page_settle() of a page that is no longer anybody else's */
inline settle(me)
{
	enter();
	owner = me;
	atomic {				/* page_unlist() */
		if
		:: is_full && count == 0 -> state = FULL; got = true; leave()
		:: else -> state = OWNED; is_full = false; got = false;
			if
			:: stripped ->
				assert(own == 0);
				own = N; count = 0; stripped = false
			:: else
			fi
		fi
	}
	if
	:: got				/* full it stays: others may list it */
	:: !got && place == CURRENT -> leave()
	:: !got && place != CURRENT ->
		atomic {			/* gather */
			assert(!stripped && (!gone || count == 0));
			own = own + count; count = 0
		}
		atomic {
			if
			:: own == N -> release(me)
			:: else -> place = QUEUED
			fi;
			leave()
		}
	fi
}

inline settle_listed(me)
{
	atomic { got = listed[me]; listed[me] = false }
	if
	:: got -> assert(state == LISTED); settle(me)
	:: else
	fi
}

/* page_settle_ended(): the list of @who, whose context has ended */
inline settle_ended(me, who)
{
	do
	:: atomic {
		if
#ifndef FAULT_DRAIN_WITHOUT_CLAIM
		:: life[who] == ENDED -> life[who] = DRAINED
		:: else -> break
#else
		:: skip
#endif
		fi
	   };
	   atomic { got = listed[who]; listed[who] = false };
	   if
	   :: got -> assert(state == LISTED); settle(me)
	   :: else
	   fi;
#ifndef FAULT_DRAIN_WITHOUT_CLAIM
	   life[who] = ENDED;
#endif
	   if
	   :: listed[who]
	   :: else -> break
	   fi
	od
}

/* page_claimed(): the change of state made it this context's */
inline claimed(me)
{
	abandoned_bit = false;
	settle(me)
}

/* page_list(), by who made it LISTED */
inline list_it(me)
{
	to = owner;
	atomic {
		assert(to != NOBODY && !listed[to] && !released);
		listed[to] = true
	}
#ifndef FAULT_LISTER_LOOKS_AWAY
	if
	:: life[to] != LIVE -> settle_ended(me, to)
	:: else
	fi
#endif
}

/* remote_push(), page_pushed() */
inline push(me, n)
{
	atomic {
		assert(!released && !gone && !stripped);
		before = state;
		count = count + n;
		if
		:: state == FULL -> state = LISTED
		:: state == ABANDONED -> state = OWNED
		:: else
		fi
	}
	if
	:: before == FULL -> list_it(me)
	:: before == ABANDONED -> claimed(me)
	:: else
	fi
}

/*
 * page_strip(), of the last block: the memory goes, though the owner waits. The
 * first look may be old: the same word may have come back with the page in use.
 */
inline strip(me)
{
	atomic {
		mine = state == LISTED && count == N - 1 && !stripped;
		if
		:: mine -> assert(own == 0); count = 0
		:: else
		fi
	}
	if
	:: !mine
#ifndef FAULT_STRIPS_WHAT_IS_NOT_FULL
	:: mine && !is_full ->
		mine = false;		/* its blocks, but one, are freed again */
		push(me, N - 1)
	:: mine && is_full ->
#else
	:: mine ->
#endif
		gone = true;
		atomic {
			assert(!released && own == 0 && count == 0);
			gone = false;
			stripped = true;
			before = state;
			state = LISTED;
			count = N
		}
		if
		:: before == FULL -> list_it(me)
		:: else
		fi
	fi
}

/* page_free_remote() */
inline free_remote(me)
{
	atomic { mine = state == LISTED && count == N - 1 && !stripped };
	if
	:: mine && is_full -> strip(me)
	:: mine = false
	fi;
	if
	:: mine
	:: else -> push(me, 1)
	fi
}

/* page_event(): a full page got a block, or the last block came back */
inline event(me)
{
	if
	:: is_full ->
		is_full = false;
		atomic { if :: state == FULL -> state = OWNED :: else fi };
		place = QUEUED
	:: !is_full && own == N && state != LISTED ->
		if
		:: release(me)
		:: skip				/* it is kept for later */
		fi
#ifdef FAULT_LISTED_RELEASED
	:: !is_full && own == N && state == LISTED -> released = true
#endif
	:: else
	fi
}

/* mica_free() of a block of the page */
inline free_block(me)
{
	if
	:: cached[me] || owner == me ->
		assert(owner == me);
		enter();
		cached[me] = true;
		assert(!gone && !stripped);
		own++;
		event(me);
		leave()
	:: else -> free_remote(me)
	fi
}

/* page_fill_or_leave(): the current page is dry */
inline fill_or_leave(me)
{
	if
	:: count > 0 -> atomic { assert(!stripped); own = count; count = 0 }
	:: else ->
		atomic {			/* page_tell_full() */
			got = state == OWNED && count == 0;
			if :: got -> state = FULL :: else fi
		};
		if
#ifndef FAULT_LEAVES_WITH_BLOCKS
		:: !got && count > 0 ->
			atomic { assert(!stripped); own = count; count = 0 }
		:: else ->
#else
		:: skip ->
#endif
			place = NOWHERE;
			is_full = true
		fi
	fi
}

/* mica_malloc() of the page's class, as far as the page is concerned */
inline allocate(me)
{
	if
	:: owner == me && place == CURRENT && own == 0 ->
		enter();
		fill_or_leave(me);
		leave()
	:: else
	fi;
	settle_listed(me);
	if
	:: abandoned_bit && owner != me ->
		atomic {
			got = state == ABANDONED;
			if :: got -> state = OWNED :: else fi
		}
		if
		:: got -> claimed(me)
		:: else
		fi
	:: else
	fi;
	if
	:: owner == me && place == QUEUED && !released ->
		enter();
		place = CURRENT;
		cached[me] = true;
		if
		:: own == 0 -> fill_or_leave(me)
		:: else
		fi;
		leave()
	:: else
	fi;
	if
	:: owner == me && place == CURRENT && own > 0 && !released ->
		enter();
		own--;
		leave();
		got = true
	:: else -> got = false
	fi
}

/* page_put_current(), then page_abandon() of what is queued */
inline class_abandon(me)
{
	if
	:: owner == me && place != NOWHERE && !released ->
		enter();
		if
		:: place == CURRENT && own == 0 ->
			place = QUEUED;
			atomic {
				if
				:: state == OWNED && count == 0 ->
					state = FULL;
					is_full = true;
					place = NOWHERE
				:: else
				fi
			}
		:: else
		fi;
		if
		:: place == NOWHERE -> leave()
#ifndef FAULT_LISTED_ABANDONED
		:: place != NOWHERE && state != OWNED ->
			place = NOWHERE;	/* LISTED: its lister's */
			leave()
		:: place != NOWHERE && state == OWNED ->
#else
		:: place != NOWHERE ->
#endif
			place = NOWHERE;
			cached[me] = false;
			owner = NOBODY;
			abandoned_bit = true;
			atomic {		/* the last touch */
				leave();
				if
				:: own + count == N ->
					abandoned_bit = false;
					release(me)
				:: else -> state = ABANDONED
				fi
			}
		fi
	:: else
	fi
}

/* mica_context_end() */
inline end(me)
{
	class_abandon(me);
	life[me] = ENDED;
	do
	:: listed[me] -> settle_listed(me)
	:: else -> break
	od;
	class_abandon(me);
#ifndef FAULT_CACHE_OUTLIVES
	cached[me] = false;
#endif
}

proctype Owner()
{
	mtype before;
	byte to;
	bool got, mine;

	do
	:: left > 0 -> left--; free_block(0)
	:: left < 2 ->
		allocate(0);
		if
		:: got -> left++
		:: else -> break
		fi
	:: break
	od;
	end(0);
	reusable = true;
	done++
}

/* Blocks go round: the owner hands out what somebody else frees. */
byte loose = 2;

proctype Giver()
{
	mtype before;
	byte to;
	bool got, mine;

	do
	:: left > 0 -> left--; loose++
	:: left > 0 -> left--; free_block(0)
	:: left < 2 ->
		allocate(0);
		if
		:: got -> left++
		:: else
		fi
	:: done == 2 && left == 0 -> break
	od;
	end(0);
	done++
}

proctype Taker(byte me)
{
	mtype before;
	byte to;
	bool got, mine;

	do
	:: loose > 0 -> loose--; free_block(me)
	:: loose == 0 && done == 1 -> break
	od;
	end(me);
	done++
}

proctype Freer(byte me)
{
	mtype before;
	byte to;
	bool got, mine;

	free_block(me);
	if
	:: allocate(me)			/* and never frees it */
	:: skip
	fi;
	end(me);
	done++
}

proctype Heir()
{
	mtype before;
	byte to, me = 3;
	bool got, mine;

	reusable;
	atomic {			/* part_reuse() */
		if
#ifndef FAULT_REUSE_WHILE_DRAINED
		:: life[0] == ENDED -> life[0] = LIVE; me = 0
		:: else
#else
		:: life[0] = LIVE; me = 0
#endif
		fi
	}
	if
	:: allocate(me)
	:: skip
	fi;
	do
	:: left > 0 -> left--; free_block(me)
	:: left == 0 -> break
	od;
	end(me);
	done++
}

init
{
	byte part;

#ifdef ROUNDS
	atomic {
		left = 0;
		for (part : 0 .. PARTS - 1) {
			life[part] = LIVE
		};
		run Giver();
		run Freer(1);
		run Taker(2)
	}
	done == 3;
#else
	atomic {
		for (part : 0 .. PARTS - 1) {
			life[part] = LIVE
		};
		cached[0] = true;
		run Owner();
		run Freer(1);
		run Freer(2);
		run Heir()
	}
	done == 4;
#endif
	assert(!listed[0] && !listed[1] && !listed[2] && !listed[3]);
	assert(released || (state == FULL && own + count == 0) ||
	       (state == ABANDONED && abandoned_bit && owner == NOBODY))
}
