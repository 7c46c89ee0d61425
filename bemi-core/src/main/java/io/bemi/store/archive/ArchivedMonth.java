package io.bemi.store.archive;

import java.nio.file.Path;
import java.util.Map;

/**
 * A month as it was archived.
 *
 * @param file the archive
 * @param sha256 the digest of the file, as hexadecimal digits
 * @param rows the number of rows by table
 */
public record ArchivedMonth(Path file, String sha256, Map<String, Long> rows) {
}
