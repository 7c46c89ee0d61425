/**
 * Makes PostgreSQL put row changes and their database session into the WAL: from the
 * application's tables to triggers and a publication.
 */
@NullMarked
package io.bemi.tracking;

import org.jspecify.annotations.NullMarked;
