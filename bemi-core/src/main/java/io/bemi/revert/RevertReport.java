package io.bemi.revert;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What a revert has done. Also published as an application event, after its commit.
 *
 * @param transactionId the id of its transaction, with epoch, by which it can be reverted
 * itself; {@code null} when there was nothing to do
 * @param inserted how many records were restored
 * @param updated how many records had columns that went back
 * @param deleted how many records were deleted
 * @param skipped the conflicts that were skipped or overwritten
 * @param context what its context says of it
 */
public record RevertReport(@Nullable Long transactionId, long inserted, long updated, long deleted,
		List<RevertConflict> skipped, Map<String, Object> context) {

	public RevertReport {
		skipped = List.copyOf(skipped);
	}

}
