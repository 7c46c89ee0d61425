package io.bemi.connection;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

import javax.sql.XAConnection;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

import io.bemi.context.BemiContext;
import io.bemi.context.ContextWriter;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.xa.PGXADataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for {@link BemiXADataSource}, on a server that prepares transactions.
 */
class BemiXADataSourceIntegrationTests {

	private static EmbeddedPostgres server;

	private TestDatabase database;

	private WalMessages wal;

	private XAConnection connection;

	private int branches;

	@BeforeAll
	static void startServer() throws IOException {
		server = PostgresServer.embeddedBuilder(PostgresServer.DEFAULT_VERSION)
			.setServerConfig("wal_level", "logical")
			.setServerConfig("max_prepared_transactions", "10")
			.start();
	}

	@AfterAll
	static void stopServer() throws IOException {
		server.close();
	}

	@BeforeEach
	void setUp() throws SQLException {
		this.database = PostgresServer.of(server).createDatabase();
		this.database.execute("CREATE TABLE item (id int PRIMARY KEY)");
		this.wal = new WalMessages(this.database);
		PGXADataSource driver = new PGXADataSource();
		driver.setUrl(this.database.url());
		driver.setUser(this.database.server().username());
		this.connection = new BemiXADataSource(driver, new ContextWriter(), Autocommit.WRAP).getXAConnection();
	}

	@AfterEach
	void tearDown() throws SQLException {
		this.connection.close();
		this.database.close();
	}

	@Test
	void branchThatIsPreparedCarriesItsContext() throws Exception {
		XAResource resource = this.connection.getXAResource();
		Xid branch = begin(resource);
		insert(1, "alice");
		resource.end(branch, XAResource.TMSUCCESS);
		assertThat(resource.prepare(branch)).isEqualTo(XAResource.XA_OK);
		resource.commit(branch, false);
		assertThat(this.wal.messages()).containsExactly("_bemi {\"user\":\"alice\"}");
	}

	@Test
	void branchOfOnePhaseCarriesItsContexts() throws Exception {
		XAResource resource = this.connection.getXAResource();
		for (int i = 0; i < 3; i++) {
			Xid branch = begin(resource);
			insert(2 * i, "alice");
			insert(2 * i + 1, "bob");
			resource.end(branch, XAResource.TMSUCCESS);
			resource.commit(branch, true);
		}
		assertThat(this.wal.messages()).hasSize(6).startsWith("_bemi {\"user\":\"alice\"}", "_bemi {\"user\":\"bob\"}");
	}

	@Test
	void branchThatIsRolledBackLeavesNothing() throws Exception {
		XAResource resource = this.connection.getXAResource();
		Xid branch = begin(resource);
		insert(1, "alice");
		resource.end(branch, XAResource.TMFAIL);
		resource.rollback(branch);
		assertThat(this.database.query("SELECT id FROM item")).isEmpty();
		assertThat(this.wal.messages()).isEmpty();
	}

	@Test
	void commitWithinABranchIsRefusedAndCommitsNothing() throws Exception {
		XAResource resource = this.connection.getXAResource();
		Xid branch = begin(resource);
		try (BemiContext.Scope scope = BemiContext.open(Map.of("user", "alice"));
				Connection handle = this.connection.getConnection();
				Statement statement = handle.createStatement()) {
			statement.execute("INSERT INTO item VALUES (1)");
			assertThatThrownBy(handle::commit).isInstanceOf(SQLException.class);
			assertThatThrownBy(() -> handle.setAutoCommit(true)).isInstanceOf(SQLException.class);
			statement.execute("INSERT INTO item VALUES (2)");
		}
		assertThat(this.database.query("SELECT id FROM item")).isEmpty();
		resource.end(branch, XAResource.TMSUCCESS);
		resource.commit(branch, true);
		assertThat(this.database.query("SELECT id FROM item ORDER BY id")).containsExactly("1", "2");
		assertThat(this.wal.messages()).isNotEmpty().containsOnly("_bemi {\"user\":\"alice\"}");
	}

	@Test
	void worksOutsideOfABranchAsEver() throws Exception {
		insert(1, "alice");
		assertThat(this.wal.messages()).containsExactly("_bemi {\"user\":\"alice\"}");
	}

	@Test
	void resourceKnowsItself() throws Exception {
		XAResource resource = this.connection.getXAResource();
		assertThat(resource.isSameRM(this.connection.getXAResource())).isTrue();
		assertThat(resource).isEqualTo(this.connection.getXAResource()).isNotEqualTo(null);
		assertThat(resource.recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN)).isEmpty();
	}

	private Xid begin(XAResource resource) throws XAException {
		Xid branch = new Branch(++this.branches);
		resource.start(branch, XAResource.TMNOFLAGS);
		return branch;
	}

	private void insert(int id, String user) throws SQLException {
		try (BemiContext.Scope scope = BemiContext.open(Map.of("user", user));
				Connection handle = this.connection.getConnection();
				Statement statement = handle.createStatement()) {
			statement.execute("INSERT INTO item VALUES (" + id + ")");
		}
	}

	/**
	 * Names a branch.
	 *
	 * @param number its number
	 */
	private record Branch(int number) implements Xid {

		@Override
		public int getFormatId() {
			return 1;
		}

		@Override
		public byte[] getGlobalTransactionId() {
			return new byte[] { 7, (byte) this.number };
		}

		@Override
		public byte[] getBranchQualifier() {
			return new byte[] { 1 };
		}

	}

}
