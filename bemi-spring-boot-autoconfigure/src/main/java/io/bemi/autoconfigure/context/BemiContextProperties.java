package io.bemi.autoconfigure.context;

import java.util.ArrayList;
import java.util.List;

import io.bemi.context.ContextWriter;
import io.bemi.context.OnError;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/**
 * What becomes of the contexts.
 */
@ConfigurationProperties("bemi.context")
public class BemiContextProperties {

	/**
	 * What happens to a transaction whose context cannot be built: it is recorded with
	 * what could be built, or it fails.
	 */
	private OnError onError = OnError.RECORD;

	/**
	 * Size of the largest context. Of a larger one the largest keys are left out.
	 */
	private DataSize maxSize = DataSize.ofMegabytes(1);

	/**
	 * Parts of key names, in any case, whose values are masked at any depth.
	 */
	private List<String> mask = new ArrayList<>(ContextWriter.DEFAULT_MASKS);

	/**
	 * Whether JPA writes its pending changes when the context changes within a
	 * transaction, so that they are recorded with the context that they were made in.
	 */
	private boolean flush = true;

	public OnError getOnError() {
		return this.onError;
	}

	public void setOnError(OnError onError) {
		this.onError = onError;
	}

	public DataSize getMaxSize() {
		return this.maxSize;
	}

	public void setMaxSize(DataSize maxSize) {
		this.maxSize = maxSize;
	}

	public List<String> getMask() {
		return this.mask;
	}

	public void setMask(List<String> mask) {
		this.mask = mask;
	}

	public boolean isFlush() {
		return this.flush;
	}

	public void setFlush(boolean flush) {
		this.flush = flush;
	}

}
