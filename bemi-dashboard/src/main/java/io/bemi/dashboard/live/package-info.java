/**
 * New changes as they come, to whoever listens: one poller for all viewers, and nothing
 * while there is none.
 */
@NullMarked
package io.bemi.dashboard.live;

import org.jspecify.annotations.NullMarked;
