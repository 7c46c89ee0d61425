package io.bemi.autoconfigure.revert;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Properties of reverts.
 */
@ConfigurationProperties("bemi.revert")
public class BemiRevertProperties {

	/**
	 * Number of changes that a plan may be about. A plan is held in memory.
	 */
	private int maxChanges = 500_000;

	public int getMaxChanges() {
		return this.maxChanges;
	}

	public void setMaxChanges(int maxChanges) {
		this.maxChanges = maxChanges;
	}

}
