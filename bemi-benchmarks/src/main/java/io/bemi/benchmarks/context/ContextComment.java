package io.bemi.benchmarks.context;

import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.jspecify.annotations.Nullable;

/**
 * Appends the context of the running transaction to each statement that writes, as the
 * packages for other languages do, for a row trigger to read.
 */
public final class ContextComment implements StatementInspector {

	static final String TRIGGER = """
			CREATE OR REPLACE FUNCTION emit_comment() RETURNS trigger LANGUAGE plpgsql AS $$
			DECLARE
				context text := substring(current_query() FROM '/[*]Bemi (.*) Bemi[*]/');
			BEGIN
				IF context IS NOT NULL THEN
					PERFORM pg_logical_emit_message(true, '_bemi', context);
				END IF;
				RETURN coalesce(NEW, OLD);
			END $$;
			CREATE OR REPLACE TRIGGER emit_comment BEFORE INSERT OR UPDATE OR DELETE ON item
			FOR EACH ROW EXECUTE FUNCTION emit_comment()
			""";

	private static final ThreadLocal<@Nullable String> CONTEXT = new ThreadLocal<>();

	private static final long serialVersionUID = 1L;

	static void during(String context, Runnable work) {
		CONTEXT.set(context);
		try {
			work.run();
		}
		finally {
			CONTEXT.remove();
		}
	}

	@Override
	public String inspect(String sql) {
		String context = CONTEXT.get();
		boolean writes = sql.startsWith("insert ") || sql.startsWith("update ") || sql.startsWith("delete ");
		return (context != null && writes) ? sql + " /*Bemi " + context + " Bemi*/" : sql;
	}

}
