/**
 * Auto-configuration of the context: takes {@code bemi.context.*} and the providers, and
 * opens a context for each web request.
 */
@NullMarked
package io.bemi.autoconfigure.context;

import org.jspecify.annotations.NullMarked;
