package io.bemi.connection;

import java.io.InputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.net.URL;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Date;
import java.sql.NClob;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.SQLWarning;
import java.sql.SQLXML;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.Calendar;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Passes each call on. By hand rather than by a dynamic proxy, which would make reading
 * several times as slow (docs/decisions/0006). No logic belongs here.
 */
abstract class DelegatingResultSet implements ResultSet {

	private final ResultSet rows;

	DelegatingResultSet(ResultSet rows) {
		this.rows = rows;
	}

	@Override
	public boolean absolute(int row) throws SQLException {
		return this.rows.absolute(row);
	}

	@Override
	public void afterLast() throws SQLException {
		this.rows.afterLast();
	}

	@Override
	public void beforeFirst() throws SQLException {
		this.rows.beforeFirst();
	}

	@Override
	public void cancelRowUpdates() throws SQLException {
		this.rows.cancelRowUpdates();
	}

	@Override
	public void clearWarnings() throws SQLException {
		this.rows.clearWarnings();
	}

	@Override
	public void close() throws SQLException {
		this.rows.close();
	}

	@Override
	public void deleteRow() throws SQLException {
		this.rows.deleteRow();
	}

	@Override
	public int findColumn(String columnLabel) throws SQLException {
		return this.rows.findColumn(columnLabel);
	}

	@Override
	public boolean first() throws SQLException {
		return this.rows.first();
	}

	@Override
	public @Nullable Array getArray(String columnLabel) throws SQLException {
		return this.rows.getArray(columnLabel);
	}

	@Override
	public @Nullable Array getArray(int columnIndex) throws SQLException {
		return this.rows.getArray(columnIndex);
	}

	@Override
	public @Nullable InputStream getAsciiStream(String columnLabel) throws SQLException {
		return this.rows.getAsciiStream(columnLabel);
	}

	@Override
	public @Nullable InputStream getAsciiStream(int columnIndex) throws SQLException {
		return this.rows.getAsciiStream(columnIndex);
	}

	@Override
	@Deprecated
	public @Nullable BigDecimal getBigDecimal(String columnLabel, int scale) throws SQLException {
		return this.rows.getBigDecimal(columnLabel, scale);
	}

	@Override
	public @Nullable BigDecimal getBigDecimal(String columnLabel) throws SQLException {
		return this.rows.getBigDecimal(columnLabel);
	}

	@Override
	@Deprecated
	public @Nullable BigDecimal getBigDecimal(int columnIndex, int scale) throws SQLException {
		return this.rows.getBigDecimal(columnIndex, scale);
	}

	@Override
	public @Nullable BigDecimal getBigDecimal(int columnIndex) throws SQLException {
		return this.rows.getBigDecimal(columnIndex);
	}

	@Override
	public @Nullable InputStream getBinaryStream(String columnLabel) throws SQLException {
		return this.rows.getBinaryStream(columnLabel);
	}

	@Override
	public @Nullable InputStream getBinaryStream(int columnIndex) throws SQLException {
		return this.rows.getBinaryStream(columnIndex);
	}

	@Override
	public @Nullable Blob getBlob(String columnLabel) throws SQLException {
		return this.rows.getBlob(columnLabel);
	}

	@Override
	public @Nullable Blob getBlob(int columnIndex) throws SQLException {
		return this.rows.getBlob(columnIndex);
	}

	@Override
	public boolean getBoolean(String columnLabel) throws SQLException {
		return this.rows.getBoolean(columnLabel);
	}

	@Override
	public boolean getBoolean(int columnIndex) throws SQLException {
		return this.rows.getBoolean(columnIndex);
	}

	@Override
	public byte getByte(String columnLabel) throws SQLException {
		return this.rows.getByte(columnLabel);
	}

	@Override
	public byte getByte(int columnIndex) throws SQLException {
		return this.rows.getByte(columnIndex);
	}

	@Override
	public byte @Nullable [] getBytes(String columnLabel) throws SQLException {
		return this.rows.getBytes(columnLabel);
	}

	@Override
	public byte @Nullable [] getBytes(int columnIndex) throws SQLException {
		return this.rows.getBytes(columnIndex);
	}

	@Override
	public @Nullable Reader getCharacterStream(String columnLabel) throws SQLException {
		return this.rows.getCharacterStream(columnLabel);
	}

	@Override
	public @Nullable Reader getCharacterStream(int columnIndex) throws SQLException {
		return this.rows.getCharacterStream(columnIndex);
	}

	@Override
	public @Nullable Clob getClob(String columnLabel) throws SQLException {
		return this.rows.getClob(columnLabel);
	}

	@Override
	public @Nullable Clob getClob(int columnIndex) throws SQLException {
		return this.rows.getClob(columnIndex);
	}

	@Override
	public int getConcurrency() throws SQLException {
		return this.rows.getConcurrency();
	}

	@Override
	public @Nullable String getCursorName() throws SQLException {
		return this.rows.getCursorName();
	}

	@Override
	public @Nullable Date getDate(String columnLabel, Calendar calendar) throws SQLException {
		return this.rows.getDate(columnLabel, calendar);
	}

	@Override
	public @Nullable Date getDate(String columnLabel) throws SQLException {
		return this.rows.getDate(columnLabel);
	}

	@Override
	public @Nullable Date getDate(int columnIndex, Calendar calendar) throws SQLException {
		return this.rows.getDate(columnIndex, calendar);
	}

	@Override
	public @Nullable Date getDate(int columnIndex) throws SQLException {
		return this.rows.getDate(columnIndex);
	}

	@Override
	public double getDouble(String columnLabel) throws SQLException {
		return this.rows.getDouble(columnLabel);
	}

	@Override
	public double getDouble(int columnIndex) throws SQLException {
		return this.rows.getDouble(columnIndex);
	}

	@Override
	public int getFetchDirection() throws SQLException {
		return this.rows.getFetchDirection();
	}

	@Override
	public int getFetchSize() throws SQLException {
		return this.rows.getFetchSize();
	}

	@Override
	public float getFloat(String columnLabel) throws SQLException {
		return this.rows.getFloat(columnLabel);
	}

	@Override
	public float getFloat(int columnIndex) throws SQLException {
		return this.rows.getFloat(columnIndex);
	}

	@Override
	public int getHoldability() throws SQLException {
		return this.rows.getHoldability();
	}

	@Override
	public int getInt(String columnLabel) throws SQLException {
		return this.rows.getInt(columnLabel);
	}

	@Override
	public int getInt(int columnIndex) throws SQLException {
		return this.rows.getInt(columnIndex);
	}

	@Override
	public long getLong(String columnLabel) throws SQLException {
		return this.rows.getLong(columnLabel);
	}

	@Override
	public long getLong(int columnIndex) throws SQLException {
		return this.rows.getLong(columnIndex);
	}

	@Override
	public ResultSetMetaData getMetaData() throws SQLException {
		return this.rows.getMetaData();
	}

	@Override
	public @Nullable Reader getNCharacterStream(String columnLabel) throws SQLException {
		return this.rows.getNCharacterStream(columnLabel);
	}

	@Override
	public @Nullable Reader getNCharacterStream(int columnIndex) throws SQLException {
		return this.rows.getNCharacterStream(columnIndex);
	}

	@Override
	public @Nullable NClob getNClob(String columnLabel) throws SQLException {
		return this.rows.getNClob(columnLabel);
	}

	@Override
	public @Nullable NClob getNClob(int columnIndex) throws SQLException {
		return this.rows.getNClob(columnIndex);
	}

	@Override
	public @Nullable String getNString(String columnLabel) throws SQLException {
		return this.rows.getNString(columnLabel);
	}

	@Override
	public @Nullable String getNString(int columnIndex) throws SQLException {
		return this.rows.getNString(columnIndex);
	}

	@Override
	public <T> @Nullable T getObject(String columnLabel, Class<T> type) throws SQLException {
		return this.rows.getObject(columnLabel, type);
	}

	@Override
	public @Nullable Object getObject(String columnLabel, Map<String, Class<?>> map) throws SQLException {
		return this.rows.getObject(columnLabel, map);
	}

	@Override
	public @Nullable Object getObject(String columnLabel) throws SQLException {
		return this.rows.getObject(columnLabel);
	}

	@Override
	public <T> @Nullable T getObject(int columnIndex, Class<T> type) throws SQLException {
		return this.rows.getObject(columnIndex, type);
	}

	@Override
	public @Nullable Object getObject(int columnIndex, Map<String, Class<?>> map) throws SQLException {
		return this.rows.getObject(columnIndex, map);
	}

	@Override
	public @Nullable Object getObject(int columnIndex) throws SQLException {
		return this.rows.getObject(columnIndex);
	}

	@Override
	public @Nullable Ref getRef(String columnLabel) throws SQLException {
		return this.rows.getRef(columnLabel);
	}

	@Override
	public @Nullable Ref getRef(int columnIndex) throws SQLException {
		return this.rows.getRef(columnIndex);
	}

	@Override
	public int getRow() throws SQLException {
		return this.rows.getRow();
	}

	@Override
	public @Nullable RowId getRowId(String columnLabel) throws SQLException {
		return this.rows.getRowId(columnLabel);
	}

	@Override
	public @Nullable RowId getRowId(int columnIndex) throws SQLException {
		return this.rows.getRowId(columnIndex);
	}

	@Override
	public @Nullable SQLXML getSQLXML(String columnLabel) throws SQLException {
		return this.rows.getSQLXML(columnLabel);
	}

	@Override
	public @Nullable SQLXML getSQLXML(int columnIndex) throws SQLException {
		return this.rows.getSQLXML(columnIndex);
	}

	@Override
	public short getShort(String columnLabel) throws SQLException {
		return this.rows.getShort(columnLabel);
	}

	@Override
	public short getShort(int columnIndex) throws SQLException {
		return this.rows.getShort(columnIndex);
	}

	@Override
	public @Nullable String getString(String columnLabel) throws SQLException {
		return this.rows.getString(columnLabel);
	}

	@Override
	public @Nullable String getString(int columnIndex) throws SQLException {
		return this.rows.getString(columnIndex);
	}

	@Override
	public @Nullable Time getTime(String columnLabel, Calendar calendar) throws SQLException {
		return this.rows.getTime(columnLabel, calendar);
	}

	@Override
	public @Nullable Time getTime(String columnLabel) throws SQLException {
		return this.rows.getTime(columnLabel);
	}

	@Override
	public @Nullable Time getTime(int columnIndex, Calendar calendar) throws SQLException {
		return this.rows.getTime(columnIndex, calendar);
	}

	@Override
	public @Nullable Time getTime(int columnIndex) throws SQLException {
		return this.rows.getTime(columnIndex);
	}

	@Override
	public @Nullable Timestamp getTimestamp(String columnLabel, Calendar calendar) throws SQLException {
		return this.rows.getTimestamp(columnLabel, calendar);
	}

	@Override
	public @Nullable Timestamp getTimestamp(String columnLabel) throws SQLException {
		return this.rows.getTimestamp(columnLabel);
	}

	@Override
	public @Nullable Timestamp getTimestamp(int columnIndex, Calendar calendar) throws SQLException {
		return this.rows.getTimestamp(columnIndex, calendar);
	}

	@Override
	public @Nullable Timestamp getTimestamp(int columnIndex) throws SQLException {
		return this.rows.getTimestamp(columnIndex);
	}

	@Override
	public int getType() throws SQLException {
		return this.rows.getType();
	}

	@Override
	public @Nullable URL getURL(String columnLabel) throws SQLException {
		return this.rows.getURL(columnLabel);
	}

	@Override
	public @Nullable URL getURL(int columnIndex) throws SQLException {
		return this.rows.getURL(columnIndex);
	}

	@Override
	@Deprecated
	public @Nullable InputStream getUnicodeStream(String columnLabel) throws SQLException {
		return this.rows.getUnicodeStream(columnLabel);
	}

	@Override
	@Deprecated
	public @Nullable InputStream getUnicodeStream(int columnIndex) throws SQLException {
		return this.rows.getUnicodeStream(columnIndex);
	}

	@Override
	public @Nullable SQLWarning getWarnings() throws SQLException {
		return this.rows.getWarnings();
	}

	@Override
	public void insertRow() throws SQLException {
		this.rows.insertRow();
	}

	@Override
	public boolean isAfterLast() throws SQLException {
		return this.rows.isAfterLast();
	}

	@Override
	public boolean isBeforeFirst() throws SQLException {
		return this.rows.isBeforeFirst();
	}

	@Override
	public boolean isClosed() throws SQLException {
		return this.rows.isClosed();
	}

	@Override
	public boolean isFirst() throws SQLException {
		return this.rows.isFirst();
	}

	@Override
	public boolean isLast() throws SQLException {
		return this.rows.isLast();
	}

	@Override
	public boolean isWrapperFor(Class<?> type) throws SQLException {
		return this.rows.isWrapperFor(type);
	}

	@Override
	public boolean last() throws SQLException {
		return this.rows.last();
	}

	@Override
	public void moveToCurrentRow() throws SQLException {
		this.rows.moveToCurrentRow();
	}

	@Override
	public void moveToInsertRow() throws SQLException {
		this.rows.moveToInsertRow();
	}

	@Override
	public boolean next() throws SQLException {
		return this.rows.next();
	}

	@Override
	public boolean previous() throws SQLException {
		return this.rows.previous();
	}

	@Override
	public void refreshRow() throws SQLException {
		this.rows.refreshRow();
	}

	@Override
	public boolean relative(int rows) throws SQLException {
		return this.rows.relative(rows);
	}

	@Override
	public boolean rowDeleted() throws SQLException {
		return this.rows.rowDeleted();
	}

	@Override
	public boolean rowInserted() throws SQLException {
		return this.rows.rowInserted();
	}

	@Override
	public boolean rowUpdated() throws SQLException {
		return this.rows.rowUpdated();
	}

	@Override
	public void setFetchDirection(int direction) throws SQLException {
		this.rows.setFetchDirection(direction);
	}

	@Override
	public void setFetchSize(int rows) throws SQLException {
		this.rows.setFetchSize(rows);
	}

	@Override
	public <T> T unwrap(Class<T> type) throws SQLException {
		return this.rows.unwrap(type);
	}

	@Override
	public void updateArray(String columnLabel, @Nullable Array value) throws SQLException {
		this.rows.updateArray(columnLabel, value);
	}

	@Override
	public void updateArray(int columnIndex, @Nullable Array value) throws SQLException {
		this.rows.updateArray(columnIndex, value);
	}

	@Override
	public void updateAsciiStream(String columnLabel, @Nullable InputStream value, int length) throws SQLException {
		this.rows.updateAsciiStream(columnLabel, value, length);
	}

	@Override
	public void updateAsciiStream(String columnLabel, @Nullable InputStream value, long length) throws SQLException {
		this.rows.updateAsciiStream(columnLabel, value, length);
	}

	@Override
	public void updateAsciiStream(String columnLabel, @Nullable InputStream value) throws SQLException {
		this.rows.updateAsciiStream(columnLabel, value);
	}

	@Override
	public void updateAsciiStream(int columnIndex, @Nullable InputStream value, int length) throws SQLException {
		this.rows.updateAsciiStream(columnIndex, value, length);
	}

	@Override
	public void updateAsciiStream(int columnIndex, @Nullable InputStream value, long length) throws SQLException {
		this.rows.updateAsciiStream(columnIndex, value, length);
	}

	@Override
	public void updateAsciiStream(int columnIndex, @Nullable InputStream value) throws SQLException {
		this.rows.updateAsciiStream(columnIndex, value);
	}

	@Override
	public void updateBigDecimal(String columnLabel, @Nullable BigDecimal value) throws SQLException {
		this.rows.updateBigDecimal(columnLabel, value);
	}

	@Override
	public void updateBigDecimal(int columnIndex, @Nullable BigDecimal value) throws SQLException {
		this.rows.updateBigDecimal(columnIndex, value);
	}

	@Override
	public void updateBinaryStream(String columnLabel, @Nullable InputStream value, int length) throws SQLException {
		this.rows.updateBinaryStream(columnLabel, value, length);
	}

	@Override
	public void updateBinaryStream(String columnLabel, @Nullable InputStream value, long length) throws SQLException {
		this.rows.updateBinaryStream(columnLabel, value, length);
	}

	@Override
	public void updateBinaryStream(String columnLabel, @Nullable InputStream value) throws SQLException {
		this.rows.updateBinaryStream(columnLabel, value);
	}

	@Override
	public void updateBinaryStream(int columnIndex, @Nullable InputStream value, int length) throws SQLException {
		this.rows.updateBinaryStream(columnIndex, value, length);
	}

	@Override
	public void updateBinaryStream(int columnIndex, @Nullable InputStream value, long length) throws SQLException {
		this.rows.updateBinaryStream(columnIndex, value, length);
	}

	@Override
	public void updateBinaryStream(int columnIndex, @Nullable InputStream value) throws SQLException {
		this.rows.updateBinaryStream(columnIndex, value);
	}

	@Override
	public void updateBlob(String columnLabel, @Nullable InputStream value, long length) throws SQLException {
		this.rows.updateBlob(columnLabel, value, length);
	}

	@Override
	public void updateBlob(String columnLabel, @Nullable InputStream value) throws SQLException {
		this.rows.updateBlob(columnLabel, value);
	}

	@Override
	public void updateBlob(String columnLabel, @Nullable Blob value) throws SQLException {
		this.rows.updateBlob(columnLabel, value);
	}

	@Override
	public void updateBlob(int columnIndex, @Nullable InputStream value, long length) throws SQLException {
		this.rows.updateBlob(columnIndex, value, length);
	}

	@Override
	public void updateBlob(int columnIndex, @Nullable InputStream value) throws SQLException {
		this.rows.updateBlob(columnIndex, value);
	}

	@Override
	public void updateBlob(int columnIndex, @Nullable Blob value) throws SQLException {
		this.rows.updateBlob(columnIndex, value);
	}

	@Override
	public void updateBoolean(String columnLabel, boolean value) throws SQLException {
		this.rows.updateBoolean(columnLabel, value);
	}

	@Override
	public void updateBoolean(int columnIndex, boolean value) throws SQLException {
		this.rows.updateBoolean(columnIndex, value);
	}

	@Override
	public void updateByte(String columnLabel, byte value) throws SQLException {
		this.rows.updateByte(columnLabel, value);
	}

	@Override
	public void updateByte(int columnIndex, byte value) throws SQLException {
		this.rows.updateByte(columnIndex, value);
	}

	@Override
	public void updateBytes(String columnLabel, byte @Nullable [] value) throws SQLException {
		this.rows.updateBytes(columnLabel, value);
	}

	@Override
	public void updateBytes(int columnIndex, byte @Nullable [] value) throws SQLException {
		this.rows.updateBytes(columnIndex, value);
	}

	@Override
	public void updateCharacterStream(String columnLabel, @Nullable Reader value, int length) throws SQLException {
		this.rows.updateCharacterStream(columnLabel, value, length);
	}

	@Override
	public void updateCharacterStream(String columnLabel, @Nullable Reader value, long length) throws SQLException {
		this.rows.updateCharacterStream(columnLabel, value, length);
	}

	@Override
	public void updateCharacterStream(String columnLabel, @Nullable Reader value) throws SQLException {
		this.rows.updateCharacterStream(columnLabel, value);
	}

	@Override
	public void updateCharacterStream(int columnIndex, @Nullable Reader value, int length) throws SQLException {
		this.rows.updateCharacterStream(columnIndex, value, length);
	}

	@Override
	public void updateCharacterStream(int columnIndex, @Nullable Reader value, long length) throws SQLException {
		this.rows.updateCharacterStream(columnIndex, value, length);
	}

	@Override
	public void updateCharacterStream(int columnIndex, @Nullable Reader value) throws SQLException {
		this.rows.updateCharacterStream(columnIndex, value);
	}

	@Override
	public void updateClob(String columnLabel, @Nullable Reader value, long length) throws SQLException {
		this.rows.updateClob(columnLabel, value, length);
	}

	@Override
	public void updateClob(String columnLabel, @Nullable Reader value) throws SQLException {
		this.rows.updateClob(columnLabel, value);
	}

	@Override
	public void updateClob(String columnLabel, @Nullable Clob value) throws SQLException {
		this.rows.updateClob(columnLabel, value);
	}

	@Override
	public void updateClob(int columnIndex, @Nullable Reader value, long length) throws SQLException {
		this.rows.updateClob(columnIndex, value, length);
	}

	@Override
	public void updateClob(int columnIndex, @Nullable Reader value) throws SQLException {
		this.rows.updateClob(columnIndex, value);
	}

	@Override
	public void updateClob(int columnIndex, @Nullable Clob value) throws SQLException {
		this.rows.updateClob(columnIndex, value);
	}

	@Override
	public void updateDate(String columnLabel, @Nullable Date value) throws SQLException {
		this.rows.updateDate(columnLabel, value);
	}

	@Override
	public void updateDate(int columnIndex, @Nullable Date value) throws SQLException {
		this.rows.updateDate(columnIndex, value);
	}

	@Override
	public void updateDouble(String columnLabel, double value) throws SQLException {
		this.rows.updateDouble(columnLabel, value);
	}

	@Override
	public void updateDouble(int columnIndex, double value) throws SQLException {
		this.rows.updateDouble(columnIndex, value);
	}

	@Override
	public void updateFloat(String columnLabel, float value) throws SQLException {
		this.rows.updateFloat(columnLabel, value);
	}

	@Override
	public void updateFloat(int columnIndex, float value) throws SQLException {
		this.rows.updateFloat(columnIndex, value);
	}

	@Override
	public void updateInt(String columnLabel, int value) throws SQLException {
		this.rows.updateInt(columnLabel, value);
	}

	@Override
	public void updateInt(int columnIndex, int value) throws SQLException {
		this.rows.updateInt(columnIndex, value);
	}

	@Override
	public void updateLong(String columnLabel, long value) throws SQLException {
		this.rows.updateLong(columnLabel, value);
	}

	@Override
	public void updateLong(int columnIndex, long value) throws SQLException {
		this.rows.updateLong(columnIndex, value);
	}

	@Override
	public void updateNCharacterStream(String columnLabel, @Nullable Reader value, long length) throws SQLException {
		this.rows.updateNCharacterStream(columnLabel, value, length);
	}

	@Override
	public void updateNCharacterStream(String columnLabel, @Nullable Reader value) throws SQLException {
		this.rows.updateNCharacterStream(columnLabel, value);
	}

	@Override
	public void updateNCharacterStream(int columnIndex, @Nullable Reader value, long length) throws SQLException {
		this.rows.updateNCharacterStream(columnIndex, value, length);
	}

	@Override
	public void updateNCharacterStream(int columnIndex, @Nullable Reader value) throws SQLException {
		this.rows.updateNCharacterStream(columnIndex, value);
	}

	@Override
	public void updateNClob(String columnLabel, @Nullable Reader value, long length) throws SQLException {
		this.rows.updateNClob(columnLabel, value, length);
	}

	@Override
	public void updateNClob(String columnLabel, @Nullable Reader value) throws SQLException {
		this.rows.updateNClob(columnLabel, value);
	}

	@Override
	public void updateNClob(String columnLabel, @Nullable NClob value) throws SQLException {
		this.rows.updateNClob(columnLabel, value);
	}

	@Override
	public void updateNClob(int columnIndex, @Nullable Reader value, long length) throws SQLException {
		this.rows.updateNClob(columnIndex, value, length);
	}

	@Override
	public void updateNClob(int columnIndex, @Nullable Reader value) throws SQLException {
		this.rows.updateNClob(columnIndex, value);
	}

	@Override
	public void updateNClob(int columnIndex, @Nullable NClob value) throws SQLException {
		this.rows.updateNClob(columnIndex, value);
	}

	@Override
	public void updateNString(String columnLabel, @Nullable String value) throws SQLException {
		this.rows.updateNString(columnLabel, value);
	}

	@Override
	public void updateNString(int columnIndex, @Nullable String value) throws SQLException {
		this.rows.updateNString(columnIndex, value);
	}

	@Override
	public void updateNull(String columnLabel) throws SQLException {
		this.rows.updateNull(columnLabel);
	}

	@Override
	public void updateNull(int columnIndex) throws SQLException {
		this.rows.updateNull(columnIndex);
	}

	@Override
	public void updateObject(String columnLabel, @Nullable Object value, int scaleOrLength) throws SQLException {
		this.rows.updateObject(columnLabel, value, scaleOrLength);
	}

	@Override
	public void updateObject(String columnLabel, @Nullable Object value, SQLType targetSqlType, int scaleOrLength)
			throws SQLException {
		this.rows.updateObject(columnLabel, value, targetSqlType, scaleOrLength);
	}

	@Override
	public void updateObject(String columnLabel, @Nullable Object value, SQLType targetSqlType) throws SQLException {
		this.rows.updateObject(columnLabel, value, targetSqlType);
	}

	@Override
	public void updateObject(String columnLabel, @Nullable Object value) throws SQLException {
		this.rows.updateObject(columnLabel, value);
	}

	@Override
	public void updateObject(int columnIndex, @Nullable Object value, int scaleOrLength) throws SQLException {
		this.rows.updateObject(columnIndex, value, scaleOrLength);
	}

	@Override
	public void updateObject(int columnIndex, @Nullable Object value, SQLType targetSqlType, int scaleOrLength)
			throws SQLException {
		this.rows.updateObject(columnIndex, value, targetSqlType, scaleOrLength);
	}

	@Override
	public void updateObject(int columnIndex, @Nullable Object value, SQLType targetSqlType) throws SQLException {
		this.rows.updateObject(columnIndex, value, targetSqlType);
	}

	@Override
	public void updateObject(int columnIndex, @Nullable Object value) throws SQLException {
		this.rows.updateObject(columnIndex, value);
	}

	@Override
	public void updateRef(String columnLabel, @Nullable Ref value) throws SQLException {
		this.rows.updateRef(columnLabel, value);
	}

	@Override
	public void updateRef(int columnIndex, @Nullable Ref value) throws SQLException {
		this.rows.updateRef(columnIndex, value);
	}

	@Override
	public void updateRow() throws SQLException {
		this.rows.updateRow();
	}

	@Override
	public void updateRowId(String columnLabel, @Nullable RowId value) throws SQLException {
		this.rows.updateRowId(columnLabel, value);
	}

	@Override
	public void updateRowId(int columnIndex, @Nullable RowId value) throws SQLException {
		this.rows.updateRowId(columnIndex, value);
	}

	@Override
	public void updateSQLXML(String columnLabel, @Nullable SQLXML value) throws SQLException {
		this.rows.updateSQLXML(columnLabel, value);
	}

	@Override
	public void updateSQLXML(int columnIndex, @Nullable SQLXML value) throws SQLException {
		this.rows.updateSQLXML(columnIndex, value);
	}

	@Override
	public void updateShort(String columnLabel, short value) throws SQLException {
		this.rows.updateShort(columnLabel, value);
	}

	@Override
	public void updateShort(int columnIndex, short value) throws SQLException {
		this.rows.updateShort(columnIndex, value);
	}

	@Override
	public void updateString(String columnLabel, @Nullable String value) throws SQLException {
		this.rows.updateString(columnLabel, value);
	}

	@Override
	public void updateString(int columnIndex, @Nullable String value) throws SQLException {
		this.rows.updateString(columnIndex, value);
	}

	@Override
	public void updateTime(String columnLabel, @Nullable Time value) throws SQLException {
		this.rows.updateTime(columnLabel, value);
	}

	@Override
	public void updateTime(int columnIndex, @Nullable Time value) throws SQLException {
		this.rows.updateTime(columnIndex, value);
	}

	@Override
	public void updateTimestamp(String columnLabel, @Nullable Timestamp value) throws SQLException {
		this.rows.updateTimestamp(columnLabel, value);
	}

	@Override
	public void updateTimestamp(int columnIndex, @Nullable Timestamp value) throws SQLException {
		this.rows.updateTimestamp(columnIndex, value);
	}

	@Override
	public boolean wasNull() throws SQLException {
		return this.rows.wasNull();
	}

}
