/* SPDX-License-Identifier: MIT */
/*
 * ARMv8-M Mainline (Cortex-M33, M35P, M55, M85): the guard of ARMv7-M.
 *
 * BASEPRI is banked between the TrustZone worlds; code writes that of the
 * world it runs in. So one copy of mica belongs to one world: the one whose
 * code calls it, be it Secure or Non-secure. Firmware that allocates in both
 * links a copy into each image, each with memory of its own world.
 *
 * - A copy in the Secure world: the guard keeps out Secure and Non-secure
 *   interrupts of its priority. A Non-secure handler may only get here by a
 *   Secure gateway, and only if its priority is within the guard. With
 *   AIRCR.PRIS set all Non-secure priorities are 0x80 and higher, hence
 *   within any guard up to 0x80.
 * - A copy in the Non-secure world: the guard keeps out Non-secure
 *   interrupts; Secure ones may come at any time and never call this copy.
 *   With AIRCR.PRIS the level that masks is 0x80 plus half the number, as it
 *   is for the Non-secure interrupts themselves: their order is the same.
 * - Where there is no TrustZone there is one BASEPRI, as on ARMv7-M.
 */
#ifndef MICA_PORT_ARMV8M_H
#define MICA_PORT_ARMV8M_H

#include "armv7m.h"

#endif
