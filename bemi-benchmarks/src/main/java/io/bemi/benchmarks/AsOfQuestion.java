package io.bemi.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

import io.bemi.benchmarks.shop.Customer;
import io.bemi.benchmarks.shop.Customers;
import io.bemi.benchmarks.shop.Order;
import io.bemi.benchmarks.shop.Orders;
import io.bemi.timetravel.TimeTravel;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What is read of the present, and of the past by the same code.
 */
enum AsOfQuestion {

	/** One row as values, by {@code asOf(moment).find}. */
	RECORD(100) {
		@Override
		Object present(ApplicationContext application, long id, Stopwatch watch) {
			return application.getBean(JdbcTemplate.class).queryForMap("SELECT * FROM orders WHERE id = ?", id);
		}

		@Override
		Object past(ApplicationContext application, long moment, long id, Stopwatch watch) {
			return application.getBean(TimeTravel.class).asOf(moment).find("orders", id).orElseThrow();
		}
	},

	/** A repository's {@code findById}. */
	FIND_BY_ID(100) {
		@Override
		Object present(ApplicationContext application, long id, Stopwatch watch) {
			return application.getBean(Orders.class).findById(id).orElseThrow();
		}
	},

	/** The customer of an order that was found before it. */
	TO_ONE(100) {
		@Override
		Object present(ApplicationContext application, long id, Stopwatch watch) {
			return inTransaction(application, () -> customerOf(application, id, watch));
		}
	},

	/** The ten orders of a customer that was found before them. */
	TO_MANY(100) {
		@Override
		Object present(ApplicationContext application, long id, Stopwatch watch) {
			return inTransaction(application, () -> ordersOf(application, id, watch));
		}
	},

	/** An order and then, in the same transaction, its customer. */
	WITH_TO_ONE(100) {
		@Override
		Object present(ApplicationContext application, long id, Stopwatch watch) {
			return inTransaction(application, () -> customerOf(application, id, new Stopwatch()));
		}
	},

	/** A customer and then, in the same transaction, its ten orders. */
	WITH_TO_MANY(100) {
		@Override
		Object present(ApplicationContext application, long id, Stopwatch watch) {
			return inTransaction(application, () -> ordersOf(application, id, new Stopwatch()));
		}
	},

	/** All rows, by SQL. */
	TABLE(3) {
		@Override
		Object present(ApplicationContext application, long id, Stopwatch watch) {
			return application.getBean(JdbcTemplate.class).queryForList("SELECT * FROM orders").size();
		}
	},

	/** All rows as entities, by {@code findAll}. */
	FIND_ALL(3) {
		@Override
		Object present(ApplicationContext application, long id, Stopwatch watch) {
			return application.getBean(Orders.class).findAll().size();
		}
	},

	/** One value of all rows. */
	SUM(3) {
		@Override
		Object present(ApplicationContext application, long id, Stopwatch watch) {
			return Objects.requireNonNull(application.getBean(JdbcTemplate.class)
				.queryForObject("SELECT sum(amount) FROM orders", Object.class));
		}
	};

	private static final int MOST_CALLS = Integer.getInteger("bemi.benchmarks.calls", Integer.MAX_VALUE);

	private final int calls;

	AsOfQuestion(int calls) {
		this.calls = calls;
	}

	/**
	 * How often it is asked in a round.
	 */
	int calls() {
		return Math.min(this.calls, MOST_CALLS);
	}

	/**
	 * Asks.
	 * @param watch runs already; a question may measure only a part of itself
	 */
	abstract Object present(ApplicationContext application, long id, Stopwatch watch);

	Object past(ApplicationContext application, long moment, long id, Stopwatch watch) {
		return application.getBean(TimeTravel.class).at(moment, () -> present(application, id, watch));
	}

	private static Object customerOf(ApplicationContext application, long id, Stopwatch watch) {
		Order order = application.getBean(Orders.class).findById(id).orElseThrow();
		watch.restart();
		Object name = String.valueOf(Objects.requireNonNull(order.getCustomer()).getName());
		watch.stop();
		return name;
	}

	private static Object ordersOf(ApplicationContext application, long id, Stopwatch watch) {
		Customer customer = application.getBean(Customers.class).findById(1 + id % AsOfHistory.CUSTOMERS).orElseThrow();
		watch.restart();
		Object orders = customer.getOrders().size();
		watch.stop();
		return orders;
	}

	private static Object inTransaction(ApplicationContext application, Supplier<Object> work) {
		return Objects.requireNonNull(new TransactionTemplate(application.getBean(PlatformTransactionManager.class))
			.execute((status) -> work.get()));
	}

	/**
	 * All rows of the table that is read, in order.
	 */
	static List<Map<String, Object>> rows(ApplicationContext application) {
		return application.getBean(JdbcTemplate.class).queryForList("SELECT * FROM orders ORDER BY id");
	}

}
