/**
 * Sets tracking up with the application: from properties, by the application's own Flyway
 * or at startup, to tables whose changes are in the WAL.
 */
@NullMarked
package io.bemi.autoconfigure.tracking;

import org.jspecify.annotations.NullMarked;
