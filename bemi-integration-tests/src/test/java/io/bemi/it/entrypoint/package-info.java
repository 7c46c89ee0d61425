/**
 * Every way into an application, times every way to write: each change has the context of
 * where it comes from.
 */
@NullMarked
package io.bemi.it.entrypoint;

import org.jspecify.annotations.NullMarked;
