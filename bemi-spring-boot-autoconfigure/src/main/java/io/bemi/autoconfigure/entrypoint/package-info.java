/**
 * Auto-configuration of entry points: takes what Spring calls that is no web request
 * (scheduled and asynchronous methods, runners, listeners, messages, batch steps) and
 * opens a context around it, or hands over the one that it comes from.
 */
@NullMarked
package io.bemi.autoconfigure.entrypoint;

import org.jspecify.annotations.NullMarked;
