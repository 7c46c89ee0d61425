/**
 * From a request to the answer of a route: who may, what it asks, and how it is written.
 */
@NullMarked
package io.bemi.dashboard.http;

import org.jspecify.annotations.NullMarked;
