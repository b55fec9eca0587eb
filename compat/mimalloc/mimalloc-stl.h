/* SPDX-License-Identifier: MIT */
/*
 * Allocators for the containers of C++; mimalloc.h includes this. One takes from
 * the current heap. The two others hold a heap of their own, shared by all
 * copies of the allocator and let go of with the last one; or one of the
 * program's, which stays the program's business.
 */
#ifndef MIMALLOC_STL_H
#define MIMALLOC_STL_H

#include <cstddef>
#include <new>
#include "mimalloc.h"
#if __cplusplus >= 201103L
#include <memory>
#include <type_traits>
#include <utility>
#endif

/* What containers before C++20 ask of an allocator themselves. */
template <class T> struct _mi_stl_types {
	typedef T value_type;
	typedef std::size_t size_type;
	typedef std::ptrdiff_t difference_type;
	typedef T &reference;
	typedef const T &const_reference;
	typedef T *pointer;
	typedef const T *const_pointer;

	pointer address(reference x) const { return &x; }
	const_pointer address(const_reference x) const { return &x; }
	size_type max_size() const mi_attr_noexcept { return (std::size_t(-1) >> 1) / sizeof(T); }
#if __cplusplus >= 201103L
	using propagate_on_container_copy_assignment = std::true_type;
	using propagate_on_container_move_assignment = std::true_type;
	using propagate_on_container_swap = std::true_type;
	template <class U, class... As> void construct(U *p, As &&...as) { ::new (static_cast<void *>(p)) U(std::forward<As>(as)...); }
	template <class U> void destroy(U *p) noexcept { p->~U(); }
#else
	void construct(pointer p, const_reference x) { ::new (static_cast<void *>(p)) T(x); }
	void destroy(pointer p) { p->~T(); }
#endif
};

template <class T> struct mi_stl_allocator : _mi_stl_types<T> {
	template <class U> struct rebind { typedef mi_stl_allocator<U> other; };
#if __cplusplus >= 201103L
	using is_always_equal = std::true_type;
#endif

	mi_stl_allocator() mi_attr_noexcept {}
	mi_stl_allocator(const mi_stl_allocator &) mi_attr_noexcept : _mi_stl_types<T>() {}
	template <class U> mi_stl_allocator(const mi_stl_allocator<U> &) mi_attr_noexcept {}
	mi_stl_allocator &operator=(const mi_stl_allocator &) mi_attr_noexcept { return *this; }
	mi_stl_allocator select_on_container_copy_construction() const { return *this; }
	T *allocate(std::size_t n, const void * = 0) { return static_cast<T *>(mi_new_n(n, sizeof(T))); }
	void deallocate(T *p, std::size_t) mi_attr_noexcept { mi_free(p); }
};

template <class T, class U>
bool operator==(const mi_stl_allocator<T> &, const mi_stl_allocator<U> &) mi_attr_noexcept { return true; }
template <class T, class U>
bool operator!=(const mi_stl_allocator<T> &, const mi_stl_allocator<U> &) mi_attr_noexcept { return false; }

#if __cplusplus >= 201103L
#define MI_HAS_HEAP_STL_ALLOCATOR 1

/* What the two of a heap have in common: the heap. */
struct _mi_stl_heap {
	std::shared_ptr<mi_heap_t> heap;

	explicit _mi_stl_heap(mi_heap_t *lent) : heap(lent, [](mi_heap_t *) {}) {}
	explicit _mi_stl_heap(void (*end)(mi_heap_t *))
	{
		mi_heap_t *own = mi_heap_new();

		if (!own)
			throw std::bad_alloc();
		heap.reset(own, end);
	}
	void collect(bool force) { mi_heap_collect(heap.get(), force); }
	bool is_equal(const _mi_stl_heap &x) const noexcept { return heap == x.heap; }
};

inline bool operator==(const _mi_stl_heap &x, const _mi_stl_heap &y) noexcept { return x.is_equal(y); }
inline bool operator!=(const _mi_stl_heap &x, const _mi_stl_heap &y) noexcept { return !x.is_equal(y); }

template <class T> struct _mi_stl_of_heap : _mi_stl_types<T>, _mi_stl_heap {
	using is_always_equal = std::false_type;
	using _mi_stl_heap::_mi_stl_heap;
	_mi_stl_of_heap(const _mi_stl_heap &x) noexcept : _mi_stl_heap(x) {}

	T *allocate(std::size_t n, const void * = nullptr) { return static_cast<T *>(mi_heap_alloc_new_n(heap.get(), n, sizeof(T))); }
};

template <class T> struct mi_heap_stl_allocator : _mi_stl_of_heap<T> {
	template <class U> struct rebind { using other = mi_heap_stl_allocator<U>; };

	mi_heap_stl_allocator() : _mi_stl_of_heap<T>(mi_heap_delete) {}
	mi_heap_stl_allocator(mi_heap_t *lent) : _mi_stl_of_heap<T>(lent) {}
	mi_heap_stl_allocator(const mi_heap_stl_allocator &) noexcept = default;
	mi_heap_stl_allocator &operator=(const mi_heap_stl_allocator &) noexcept = default;
	template <class U> mi_heap_stl_allocator(const mi_heap_stl_allocator<U> &x) noexcept : _mi_stl_of_heap<T>(static_cast<const _mi_stl_heap &>(x)) {}
	mi_heap_stl_allocator select_on_container_copy_construction() const { return *this; }
	void deallocate(T *p, std::size_t) noexcept { mi_free(p); }
};

/* Here nothing is freed before the heap is, and then all at once. */
template <class T> struct mi_heap_destroy_stl_allocator : _mi_stl_of_heap<T> {
	template <class U> struct rebind { using other = mi_heap_destroy_stl_allocator<U>; };

	mi_heap_destroy_stl_allocator() : _mi_stl_of_heap<T>(mi_heap_destroy) {}
	mi_heap_destroy_stl_allocator(mi_heap_t *lent) : _mi_stl_of_heap<T>(lent) {}
	mi_heap_destroy_stl_allocator(const mi_heap_destroy_stl_allocator &) noexcept = default;
	mi_heap_destroy_stl_allocator &operator=(const mi_heap_destroy_stl_allocator &) noexcept = default;
	template <class U> mi_heap_destroy_stl_allocator(const mi_heap_destroy_stl_allocator<U> &x) noexcept : _mi_stl_of_heap<T>(static_cast<const _mi_stl_heap &>(x)) {}
	mi_heap_destroy_stl_allocator select_on_container_copy_construction() const { return *this; }
	void deallocate(T *, std::size_t) noexcept {}
};
#endif

#endif
