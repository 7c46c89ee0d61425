package io.bemi.autoconfigure.timetravel;

import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Properties of time travel.
 */
@ConfigurationProperties("bemi.timetravel")
public class BemiTimeTravelProperties {

	/**
	 * Tables with row-level security whose past can be read all the same, by whoever may
	 * travel and without their policies: schema.table, or * for all.
	 */
	private List<String> rowSecurity = new ArrayList<>();

	public List<String> getRowSecurity() {
		return this.rowSecurity;
	}

	public void setRowSecurity(List<String> rowSecurity) {
		this.rowSecurity = rowSecurity;
	}

}
