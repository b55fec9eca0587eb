/* SPDX-License-Identifier: MIT */
/* Stands for FreeRTOS's header of that name, of which the heap uses nothing. */
#ifndef INC_TASK_H
#define INC_TASK_H
#endif
