use super::*;

fn parse(text: &str) -> Result<PostgresOptions, OptionsError> {
    PostgresOptions::parse(&Secret::from(text))
}

#[test]
fn locations_have_no_password() {
    fn check(text: &str, expected: &str) {
        let options = parse(text).unwrap();
        assert_eq!(options.location(), expected);
        assert!(!format!("{options:?} {:?}", options.config(&options.hosts[0])).contains("s3cret"), "{options:?}");
    }
    check("postgresql://u:s3cret@h/d", "postgresql://u@h:5432/d");
    check("postgresql+psycopg2://u:s3cret@h:1,[::1]:2/d?sslmode=require", "postgresql://u@h:1,[::1]:2/d");
    check("host=/var/run user=u@corp password=s3cret dbname='a b'", "postgresql://u%40corp@%2Fvar%2Frun:5432/a%20b");
}

#[test]
fn required_parameters() {
    fn check(text: &str, expected: &str) {
        let error = parse(text).unwrap_err().to_string();
        assert_eq!(error.split(':').next(), Some(expected), "{error}");
    }
    check("postgresql://u@/d", "`host` is missing");
    check("postgresql://h/d", "`user` is missing");
    check("postgresql://u@h", "`dbname` is missing");
    check("service=shop", "`service` is not supported");
}

#[test]
fn the_configuration_has_all_options() {
    #[track_caller]
    fn check<T: PartialEq + std::fmt::Debug>(query: &str, value: impl Fn(&tokio_postgres::Config) -> T, expected: T) {
        let options = parse(&format!("postgresql://u:p@h/d?{query}")).unwrap();
        assert_eq!(value(&options.config(&options.hosts[0])), expected, "{query}");
    }
    let seconds = Duration::from_secs;
    check("", |config| config.get_user() == Some("u") && config.get_dbname() == Some("d"), true);
    check("", |config| config.get_password() == Some(b"p"), true);
    check("", |config| config.get_application_name().map(str::to_owned), Some("catchment".to_owned()));
    check("fallback_application_name=x", |config| config.get_application_name() == Some("x"), true);
    check("options=-c%20a%3Db", |config| config.get_options() == Some("-c a=b"), true);
    check("", |config| config.get_connect_timeout().copied(), Some(seconds(15)));
    check("connect_timeout=0", |config| config.get_connect_timeout().copied(), None);
    check("connect_timeout=3", |config| config.get_connect_timeout().copied(), Some(seconds(3)));
    check("", |config| (config.get_keepalives(), config.get_keepalives_idle()), (true, seconds(60)));
    check("keepalives=0", |config| config.get_keepalives(), false);
    check("keepalives_idle=5", |config| config.get_keepalives_idle(), seconds(5));
    check("keepalives_count=7", |config| config.get_keepalives_retries(), Some(7));
    check("tcp_user_timeout=1500", |config| config.get_tcp_user_timeout().copied(), Some(Duration::from_millis(1500)));
    check("target_session_attrs=primary", |config| config.get_target_session_attrs(), TargetSessionAttrs::ReadWrite);
    check("channel_binding=require", |config| config.get_channel_binding(), ChannelBinding::Require);
    check("", |config| config.get_ssl_mode(), SslMode::Prefer);
    check("sslmode=verify-full", |config| config.get_ssl_mode(), SslMode::Require);
    check("sslmode=disable", |config| config.get_ssl_mode(), SslMode::Disable);
    check("sslmode=require&host=/run", |config| config.get_ssl_mode(), SslMode::Require);
    check("hostaddr=10.0.0.1", |config| config.get_hostaddrs().len(), 1);
}

#[test]
fn sockets_do_not_use_tls() {
    let options = parse("host=/run,h user=u dbname=d sslmode=require").unwrap();
    let modes: Vec<SslMode> = options.hosts.iter().map(|host| options.config(host).get_ssl_mode()).collect();
    assert_eq!(modes, [SslMode::Disable, SslMode::Require]);
}

#[test]
fn invalid_values_are_rejected() {
    fn check(query: &str, expected: &str) {
        let error = parse(&format!("postgresql://u:hunter2@h/d?{query}")).unwrap_err().to_string();
        assert_eq!(error, expected);
    }
    check("connect_timeout=-1", "`connect_timeout` must be an integer from 0 to 2147483647, but is \"-1\"");
    check(
        "target_session_attrs=standby",
        "`target_session_attrs` must be `any`, `read-write` or `primary`, as loads write, but is \"standby\"",
    );
    check("client_encoding=latin1", "`client_encoding` must be `UTF8`, as Catchment writes UTF-8, but is \"latin1\"");
    check("channel_binding=x", "`channel_binding` must be `disable`, `prefer` or `require`, but is \"x\"");
    check("gssencmode=require", "`gssencmode` must be `disable` or `prefer`: use TLS, but is \"require\"");
    check("sslmod=x", "`sslmod` is not a connection parameter: did you mean `sslmode`?");
}

#[test]
fn transaction_statements_set_timeouts() {
    fn check(statement: Option<Duration>, lock: Option<Duration>, expected: &str) {
        let options =
            PostgresOptions { statement_timeout: statement, lock_timeout: lock, ..parse("postgresql://u@h/d").unwrap() };
        assert_eq!(options.transaction_statements(), expected);
    }
    let seconds = |seconds| Some(Duration::from_secs_f64(seconds));
    check(None, None, "");
    check(None, seconds(600.0), "SET LOCAL lock_timeout = 600000");
    check(seconds(1.5), seconds(0.0), "SET LOCAL statement_timeout = 1500; SET LOCAL lock_timeout = 0");
    check(seconds(0.000_001), None, "SET LOCAL statement_timeout = 1");
    check(Some(Duration::MAX), None, "SET LOCAL statement_timeout = 2147483647");
}
