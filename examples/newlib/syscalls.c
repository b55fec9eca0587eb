/* SPDX-License-Identifier: MIT */
/*
 * What newlib asks of a board: everything is the console. There is no
 * _sbrk(): mica has the memory, and nothing else of newlib asks for any.
 */
#include <sys/stat.h>
#include "board_io.h"

int _write(int file, const char *text, int len);
int _read(int file, char *text, int len);
int _open(const char *name, int flags, int mode);
int _close(int file);
int _fstat(int file, struct stat *st);
int _isatty(int file);
int _lseek(int file, int offset, int whence);
int _kill(int pid, int signal);
int _getpid(void);
__attribute__((noreturn)) void _exit(int status);

int _write(int file, const char *text, int len)
{
	(void)file;
	board_console(text, (size_t)len);
	return len;
}

int _read(int file, char *text, int len)
{
	(void)file;
	(void)text;
	(void)len;
	return 0;
}

int _open(const char *name, int flags, int mode)
{
	(void)name;
	(void)flags;
	(void)mode;
	return 3;
}

int _close(int file)
{
	(void)file;
	return 0;
}

int _fstat(int file, struct stat *st)
{
	(void)file;
	st->st_mode = S_IFCHR;
	return 0;
}

int _isatty(int file)
{
	(void)file;
	return 1;
}

int _lseek(int file, int offset, int whence)
{
	(void)file;
	(void)offset;
	(void)whence;
	return 0;
}

int _kill(int pid, int signal)
{
	(void)pid;
	_exit(128 + signal);
}

int _getpid(void)
{
	return 1;
}

void _exit(int status)
{
	board_exit(status);
}
