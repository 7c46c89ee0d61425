/**
 * The way of the context to the server: takes the current context and the application's
 * JDBC calls, and sends the one in the same flight as the COMMIT of the other.
 */
@NullMarked
package io.bemi.connection;

import org.jspecify.annotations.NullMarked;
