/* SPDX-License-Identifier: MIT */
/*
 * The few system calls that the port makes, without libc.
 *
 * One sys_call() an architecture (at most six arguments; the result is
 * negative, -4095 to -1, on failure), its numbers beside it.
 */
#ifndef MICA_PORT_LINUX_SYSCALL_H
#define MICA_PORT_LINUX_SYSCALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)

#define MICA_LINUX_PAGE_BYTES 4096
enum {
	NR_WRITE = 1, NR_MMAP = 9, NR_MPROTECT = 10, NR_MUNMAP = 11,
	NR_RT_SIGACTION = 13, NR_RT_SIGPROCMASK = 14, NR_SCHED_YIELD = 24,
	NR_MADVISE = 28, NR_GETPID = 39, NR_GETTID = 186,
	NR_CLOCK_GETTIME = 228, NR_TGKILL = 234, NR_GETRANDOM = 318,
	NR_READ = 0, NR_CLOSE = 3, NR_GETRUSAGE = 98, NR_OPENAT = 257,
	NR_MBIND = 237,
};

static inline long sys_call(long nr, long a, long b, long c, long d, long e,
			    long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret;

	__asm__ volatile("syscall" : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8),
			   "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}

#elif defined(__i386__)

#define MICA_LINUX_PAGE_BYTES 4096
#define MICA_LINUX_MMAP_BY_STRUCT 1	/* the sixth argument needs ebp */
enum {
	NR_WRITE = 4, NR_GETPID = 20, NR_MMAP = 90, NR_MUNMAP = 91,
	NR_MPROTECT = 125, NR_SCHED_YIELD = 158, NR_RT_SIGACTION = 174,
	NR_RT_SIGPROCMASK = 175, NR_MADVISE = 219, NR_GETTID = 224,
	NR_CLOCK_GETTIME = 265, NR_TGKILL = 270, NR_GETRANDOM = 355,
	NR_READ = 3, NR_CLOSE = 6, NR_GETRUSAGE = 77, NR_OPENAT = 295,
	NR_MBIND = 274,
};

static inline long sys_call(long nr, long a, long b, long c, long d, long e,
			    long f)
{
	long ret;

	(void)f;
	__asm__ volatile("int $0x80" : "=a"(ret)
			 : "a"(nr), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
			 : "memory");
	return ret;
}

#elif defined(__aarch64__) || (defined(__riscv) && __riscv_xlen == 64)

/* Pages may be as large as 64 KiB; the slice is a multiple of any. */
#define MICA_LINUX_PAGE_BYTES 65536
enum {
	NR_WRITE = 64, NR_CLOCK_GETTIME = 113, NR_SCHED_YIELD = 124,
	NR_TGKILL = 131, NR_RT_SIGACTION = 134, NR_RT_SIGPROCMASK = 135,
	NR_GETPID = 172, NR_GETTID = 178, NR_MUNMAP = 215, NR_MMAP = 222,
	NR_MPROTECT = 226, NR_MADVISE = 233, NR_GETRANDOM = 278,
	NR_OPENAT = 56, NR_CLOSE = 57, NR_READ = 63, NR_GETRUSAGE = 165,
	NR_MBIND = 235,
};

#if defined(__aarch64__)
#define SYS_REG(n) "x" #n
#define SYS_NR "x8"
#define SYS_TRAP "svc 0"
#else
#define SYS_REG(n) "a" #n
#define SYS_NR "a7"
#define SYS_TRAP "ecall"
#endif

static inline long sys_call(long nr, long a, long b, long c, long d, long e,
			    long f)
{
	register long r0 __asm__(SYS_REG(0)) = a;
	register long r1 __asm__(SYS_REG(1)) = b;
	register long r2 __asm__(SYS_REG(2)) = c;
	register long r3 __asm__(SYS_REG(3)) = d;
	register long r4 __asm__(SYS_REG(4)) = e;
	register long r5 __asm__(SYS_REG(5)) = f;
	register long rn __asm__(SYS_NR) = nr;

	__asm__ volatile(SYS_TRAP : "+r"(r0)
			 : "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5), "r"(rn)
			 : "memory");
	return r0;
}

#elif defined(__arm__)

#define MICA_LINUX_PAGE_BYTES 4096
enum {
	NR_WRITE = 4, NR_GETPID = 20, NR_MUNMAP = 91, NR_MPROTECT = 125,
	NR_SCHED_YIELD = 158, NR_RT_SIGACTION = 174, NR_RT_SIGPROCMASK = 175,
	NR_MMAP = 192, NR_MADVISE = 220, NR_GETTID = 224,
	NR_CLOCK_GETTIME = 263, NR_TGKILL = 268, NR_GETRANDOM = 384,
	NR_READ = 3, NR_CLOSE = 6, NR_GETRUSAGE = 77, NR_OPENAT = 322,
	NR_MBIND = 319,
};

/* r7 may be the frame pointer: it is swapped in and out by hand. */
static inline long sys_call(long nr, long a, long b, long c, long d, long e,
			    long f)
{
	register long r0 __asm__("r0") = a;
	register long r1 __asm__("r1") = b;
	register long r2 __asm__("r2") = c;
	register long r3 __asm__("r3") = d;
	register long r4 __asm__("r4") = e;
	register long r5 __asm__("r5") = f;
	register long r6 __asm__("r6") = nr;

	__asm__ volatile("mov ip, r7\n\tmov r7, r6\n\tsvc 0\n\tmov r7, ip"
			 : "+r"(r0)
			 : "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5), "r"(r6)
			 : "ip", "memory");
	return r0;
}

#elif defined(__s390x__)

#define MICA_LINUX_PAGE_BYTES 4096
#define MICA_LINUX_MMAP_BY_STRUCT 1
enum {
	NR_WRITE = 4, NR_GETPID = 20, NR_MMAP = 90, NR_MUNMAP = 91,
	NR_MPROTECT = 125, NR_SCHED_YIELD = 158, NR_RT_SIGACTION = 174,
	NR_RT_SIGPROCMASK = 175, NR_MADVISE = 219, NR_GETTID = 236,
	NR_TGKILL = 241, NR_CLOCK_GETTIME = 260, NR_GETRANDOM = 349,
	NR_READ = 3, NR_CLOSE = 6, NR_GETRUSAGE = 77, NR_OPENAT = 288,
	NR_MBIND = 268,
};

static inline long sys_call(long nr, long a, long b, long c, long d, long e,
			    long f)
{
	register long r1 __asm__("r1") = nr;
	register long r2 __asm__("r2") = a;
	register long r3 __asm__("r3") = b;
	register long r4 __asm__("r4") = c;
	register long r5 __asm__("r5") = d;
	register long r6 __asm__("r6") = e;

	(void)f;
	__asm__ volatile("svc 0" : "+d"(r2)
			 : "d"(r1), "d"(r3), "d"(r4), "d"(r5), "d"(r6)
			 : "memory");
	return r2;
}

#else
#error "port/linux: no system calls for this architecture yet"
#endif

#ifndef MICA_LINUX_MMAP_BY_STRUCT
#define MICA_LINUX_MMAP_BY_STRUCT 0
#endif

enum {
	PROT_NONE = 0,
	PROT_READ_WRITE = 3,
	MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x4022,
	MAP_FIXED_NOREPLACE = 0x100000,
	MAP_HUGETLB = 0x40000,
	MAP_HUGE_SHIFT = 26,		/* there: log2 of the page's bytes */
	MAP_PRIVATE_ANONYMOUS = 0x22,
	MPOL_PREFERRED = 1,
	MADV_DONTNEED = 4,
	MADV_FREE = 8,
	MADV_HUGEPAGE = 14,
	MADV_NOHUGEPAGE = 15,
	MADV_POPULATE_WRITE = 23,	/* since 5.14 */
	CLOCK_MONOTONIC_COARSE = 6,
	CLOCK_BOOTTIME = 7,
	AT_FDCWD = -100,
	O_RDONLY_CLOEXEC = 02000000,
	RUSAGE_SELF = 0,
	SIGNAL_ABORT = 6,
	SIGNALS_UNBLOCK = 1,
};

struct sys_timespec {
	long seconds, nanoseconds;
};

static inline bool sys_failed(long result)
{
	return (unsigned long)result > -4096UL;
}

static inline long sys_mmap(void *hint, size_t bytes, int protection, int flags)
{
	long args[6] = { (long)hint, (long)bytes, protection, flags, -1, 0 };

	if (MICA_LINUX_MMAP_BY_STRUCT)
		return sys_call(NR_MMAP, (long)args, 0, 0, 0, 0, 0);
	return sys_call(NR_MMAP, args[0], args[1], args[2], args[3], args[4],
			args[5]);
}

static inline long sys_munmap(void *address, size_t bytes)
{
	return sys_call(NR_MUNMAP, (long)address, (long)bytes, 0, 0, 0, 0);
}

static inline long sys_madvise(void *address, size_t bytes, int advice)
{
	return sys_call(NR_MADVISE, (long)address, (long)bytes, advice, 0, 0,
			0);
}

static inline long sys_mbind(void *address, size_t bytes, int policy,
			     const unsigned long *nodes, unsigned long bits)
{
	return sys_call(NR_MBIND, (long)address, (long)bytes, policy,
			(long)nodes, (long)bits, 0);
}

static inline long sys_mprotect(void *address, size_t bytes, int protection)
{
	return sys_call(NR_MPROTECT, (long)address, (long)bytes, protection, 0,
			0, 0);
}

static inline long sys_write(int fd, const char *text, size_t len)
{
	return sys_call(NR_WRITE, fd, (long)text, (long)len, 0, 0, 0);
}

static inline long sys_clock_gettime(int clock, struct sys_timespec *now)
{
	return sys_call(NR_CLOCK_GETTIME, clock, (long)now, 0, 0, 0, 0);
}

static inline long sys_getrandom(void *buffer, size_t len)
{
	return sys_call(NR_GETRANDOM, (long)buffer, (long)len, 0, 0, 0, 0);
}

/* struct rusage: user and system time as seconds and microseconds, then these. */
enum {
	RUSAGE_PEAK_KIB = 4, RUSAGE_MINOR_FAULTS = 8, RUSAGE_MAJOR_FAULTS = 9,
	RUSAGE_WORDS = 18,
};

static inline long sys_getrusage(long *usage)
{
	return sys_call(NR_GETRUSAGE, RUSAGE_SELF, (long)usage, 0, 0, 0, 0);
}

static inline long sys_open_to_read(const char *path)
{
	return sys_call(NR_OPENAT, AT_FDCWD, (long)path, O_RDONLY_CLOEXEC, 0, 0,
			0);
}

static inline long sys_read(int fd, char *buffer, size_t len)
{
	return sys_call(NR_READ, fd, (long)buffer, (long)len, 0, 0, 0);
}

static inline void sys_close(int fd)
{
	sys_call(NR_CLOSE, fd, 0, 0, 0, 0, 0);
}

static inline void sys_sched_yield(void)
{
	sys_call(NR_SCHED_YIELD, 0, 0, 0, 0, 0, 0);
}

static inline void sys_raise_abort(void)
{
	sys_call(NR_TGKILL, sys_call(NR_GETPID, 0, 0, 0, 0, 0, 0),
		 sys_call(NR_GETTID, 0, 0, 0, 0, 0, 0), SIGNAL_ABORT, 0, 0, 0);
}

/* SIGABRT unblocked: once for a handler, once with the default action. */
static inline void sys_abort(void)
{
	unsigned long set[8 / sizeof(long)] = { 1UL << (SIGNAL_ABORT - 1) };
	unsigned long action[8] = { 0 };

	sys_call(NR_RT_SIGPROCMASK, SIGNALS_UNBLOCK, (long)set, 0, 8, 0, 0);
	sys_raise_abort();
	sys_call(NR_RT_SIGACTION, SIGNAL_ABORT, (long)action, 0, 8, 0, 0);
	sys_raise_abort();
}

#endif
