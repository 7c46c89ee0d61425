/**
 * Real servers and databases for tests.
 */
package io.bemi.testsupport;
