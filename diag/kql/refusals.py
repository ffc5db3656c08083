"""What Kusto has and this subset has not: refused by name, never approximated."""

from __future__ import annotations

OPERATORS_BEYOND = frozenset(
    """
    assert-schema consume distinct-count evaluate execute_and_cache externaldata
    facet find fork getschema graph-mark-components graph-match graph-merge
    graph-shortest-paths graph-to-table invoke macro-expand make-graph
     parse-kv partition partition-by project-by-names reduce sample
    sample-distinct scan  top-hitters top-nested
    """.split()  # noqa: SIM905 - a list of words
)
STATEMENTS_BEYOND = frozenset({"alias", "declare", "pattern", "restrict", "set"})
SOURCES_BEYOND = frozenset(
    {"cluster", "database", "external_table", "externaldata", "find", "table"}
)
FUNCTIONS_BEYOND = frozenset(
    """
    _GetWatchlist acos adx app arg array_iff array_reverse array_rotate_left
    array_rotate_right array_shift_left array_shift_right array_split array_sum asin
    atan atan2 bag_has_key bag_merge bag_remove_keys base64_decode_tostring
    base64_encode_tostring binary_all_and binary_all_or binary_all_xor binary_and
    binary_not binary_or binary_xor buildschema ceiling cos cot current_database
    current_principal cursor_after datetime_list_timezones datetime_local_to_utc
    datetime_utc_to_local dayofmonth dayofyear dcount_hll degrees endofmonth
    endofweek endofyear estimate_data_size exp exp10 exp2 extent_id extentid
    externaldata extract_json extractjson gamma geo_distance_2points
    geo_info_from_ip_address geo_point_in_circle getmonth getyear hash hash_md5
    hash_sha1 hash_sha256 hash_xxhash64 hll hll_merge ingestion_time ipv4_compare
    ipv4_is_in_range ipv4_is_match ipv4_is_private ipv4_lookup ipv6_is_match
    isfinite isinf isnan log log10 log2 loggamma lookup make_bag make_bag_if
    monthofyear parse_csv parse_ipv4 parse_ipv6 parse_path parse_url parse_urlquery
    parse_user_agent parse_xml percentile_tdigest percentiles_array percentilew pi
    pow radians rand rank_tdigest repeat replace_strings reverse row_rank_dense
    row_rank_min series_decompose series_decompose_anomalies
    series_decompose_forecast series_fill_backward series_fill_const
    series_fill_forward series_fill_linear series_fit_2lines series_fit_line
    series_outliers series_periods_detect series_stats set_intersect set_union sign
    sin sqrt stdevif stdevp string_size strrep tan tdigest tdigest_merge toguid
    tohex translate treepath unixtime_microseconds_todatetime
    unixtime_milliseconds_todatetime unixtime_nanoseconds_todatetime
    unixtime_seconds_todatetime url_decode url_encode variance varianceif variancep
    week_of_year weekofyear workspace zip
    """.split()  # noqa: SIM905 - a list of words
)
