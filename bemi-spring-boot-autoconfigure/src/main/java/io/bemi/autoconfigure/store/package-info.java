/**
 * Finds out where the store is: from properties and the primary DataSource to
 * {@link io.bemi.store.StoreSettings}.
 */
@NullMarked
package io.bemi.autoconfigure.store;

import org.jspecify.annotations.NullMarked;
