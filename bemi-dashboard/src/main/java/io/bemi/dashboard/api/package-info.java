/**
 * The REST API: what a request asks, answered by the history, time travel and reverts.
 */
@NullMarked
package io.bemi.dashboard.api;

import org.jspecify.annotations.NullMarked;
