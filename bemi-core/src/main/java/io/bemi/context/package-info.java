/**
 * The application's context: from the user's provider and the running scopes to the JSON
 * object that travels with a transaction.
 */
@NullMarked
package io.bemi.context;

import org.jspecify.annotations.NullMarked;
