/** Loads every kind of shared primitive, so that a thread can adopt what it is sent. */
import "./shared-barrier.ts";
import "./shared-event.ts";
import "./shared-mutex.ts";
import "./shared-channel.ts";
import "./shared-rw-lock.ts";
import "./shared-semaphore.ts";
