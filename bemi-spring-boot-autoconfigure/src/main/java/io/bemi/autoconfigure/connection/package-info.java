/**
 * Auto-configuration of the connection stage: takes {@code bemi.connection.*} and the
 * application's data sources, and wraps them.
 */
@NullMarked
package io.bemi.autoconfigure.connection;

import org.jspecify.annotations.NullMarked;
