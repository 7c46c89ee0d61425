/**
 * From what Bemi does to observations of Micrometer, where the application has them.
 */
@NullMarked
package io.bemi.autoconfigure.observation;

import org.jspecify.annotations.NullMarked;
