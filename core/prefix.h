/* SPDX-License-Identifier: MIT */
/*
 * What the core's files share among themselves, by its name in the object.
 *
 * Everything with external linkage begins with mica_, so that firmware, which
 * links the core's objects with its own, meets no other name. The sources keep
 * the short ones: inside the core the prefix would say nothing. A function or
 * variable that is declared __internal is entered here; check-layers finds
 * what was forgotten.
 */
#ifndef MICA_CORE_PREFIX_H
#define MICA_CORE_PREFIX_H

#define bank_give mica_bank_give
#define bank_give_front mica_bank_give_front
#define bank_granule mica_bank_granule
#define bank_span mica_bank_span
#define block_usable mica_block_usable
#define block_zeroed mica_block_zeroed
#define context_begin mica_context_begin
#define context_is_fork mica_context_is_fork
#define context_lock mica_context_lock
#define context_unlock mica_context_unlock
#define engine_beat mica_engine_beat
#define engine_collect mica_engine_collect
#define engine_tick mica_engine_tick
#define failure_attach mica_failure_attach
#define fork_hold mica_fork_hold
#define fork_is_mine mica_fork_is_mine
#define free_event mica_free_event
#define free_slow mica_free_slow
#define free_twice mica_free_twice
#define largest_run mica_largest_run
#define large_alloc mica_large_alloc
#define large_alloc_or_trim mica_large_alloc_or_trim
#define large_defer mica_large_defer
#define large_free mica_large_free
#define large_plan mica_large_plan
#define large_resize mica_large_resize
#define large_take mica_large_take
#define large_usable mica_large_usable
#define malloc_dry mica_malloc_dry
#define malloc_other mica_malloc_other
#define nap_begin mica_nap_begin
#define nap_undo mica_nap_undo
#define page_abandon mica_page_abandon
#define page_claim mica_page_claim
#define page_claimed mica_page_claimed
#define page_collect mica_page_collect
#define page_dequeue mica_page_dequeue
#define page_enqueue mica_page_enqueue
#define page_event mica_page_event
#define page_fallback mica_page_fallback
#define page_free_remote mica_page_free_remote
#define page_open mica_page_open
#define page_put_current mica_page_put_current
#define page_refill mica_page_refill
#define page_release mica_page_release
#define page_settle mica_page_settle
#define page_settle_listed mica_page_settle_listed
#define page_settle_one mica_page_settle_one
#define page_trim mica_page_trim
#define page_unfull mica_page_unfull
#define page_withdraw mica_page_withdraw
#define part_first mica_part_first
#define purge_all mica_purge_all
#define purge_beat mica_purge_beat
#define purge_excess mica_purge_excess
#define purge_now mica_purge_now
#define purge_tick mica_purge_tick
#define region_can_sleep mica_region_can_sleep
#define region_commit mica_region_commit
#define region_decommit mica_region_decommit
#define region_defer mica_region_defer
#define region_next_deferred mica_region_next_deferred
#define region_is_coming mica_region_is_coming
#define region_let_go_huge mica_region_let_go_huge
#define region_release_huge mica_region_release_huge
#define region_reserve mica_region_reserve
#define region_reserve_huge mica_region_reserve_huge
#define region_try_lock mica_region_try_lock
#define region_unlock mica_region_unlock
#define regions_lock mica_regions_lock
#define regions_unlock mica_regions_unlock
#define report_failure mica_report_failure
#define report_failure_large mica_report_failure_large
#define report_fault mica_report_fault
#define run_give mica_run_give
#define run_give_known mica_run_give_known
#define run_grow mica_run_grow
#define run_hold mica_run_hold
#define run_is_list_head mica_run_is_list_head
#define run_shrink mica_run_shrink
#define run_take mica_run_take
#define run_take_any mica_run_take_any
#define run_take_page mica_run_take_page
#define roster_newest mica_roster_newest
#define roster_next mica_roster_next
#define roster_update mica_roster_update
#define runs_init mica_runs_init
#define runs_list mica_runs_list
#define runs_top mica_runs_top
#define runs_largest mica_runs_largest
#define runs_may_fit mica_runs_may_fit
#define small_alloc_slow mica_small_alloc_slow
#define solo_defer mica_solo_defer
#define solo_free_slow mica_solo_free_slow
#define solo_malloc_slow mica_solo_malloc_slow
#define space_account_shared mica_space_account_shared
#define space_drain mica_space_drain
#define space_enter_shared mica_space_enter_shared
#define space_give mica_space_give
#define space_leave_shared mica_space_leave_shared
#define space_prefer mica_space_prefer
#define space_mark mica_space_mark
#define space_resize mica_space_resize
#define space_retry mica_space_retry
#define space_return mica_space_return
#define space_take mica_space_take
#define large_take_in mica_large_take_in
#define provider_at mica_provider_at
#define region_ask mica_region_ask
#define region_gone mica_region_gone
#define region_publish mica_region_publish
#define region_return mica_region_return
#define region_withdraw mica_region_withdraw
#define roster_remove mica_roster_remove
#define space_take_in mica_space_take_in

#define output_write mica_output_write
#define output_or_own mica_output_or_own
#define output_for_warning mica_output_for_warning
#define output_fault mica_output_fault
#define text_begin mica_text_begin
#define text_flush mica_text_flush
#define text_put mica_text_put
#define text_pad mica_text_pad
#define text_number mica_text_number
#define text_signed mica_text_signed
#define look_at_page mica_look_at_page
#define look_at_run mica_look_at_run
#define region_describe mica_region_describe
#endif
