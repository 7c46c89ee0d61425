/**
 * What the sample wants to remember about a request beside the user, the endpoint and the
 * request id.
 */
@NullMarked
package io.bemi.sample.context;

import org.jspecify.annotations.NullMarked;
