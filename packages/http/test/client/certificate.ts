/**
 * A certificate for localhost and 127.0.0.1, for tests only: anybody can read its key here. Made with
 * openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500
 *   -subj /CN=localhost -addext "subjectAltName=DNS:localhost,IP:127.0.0.1"
 */
export const CERTIFICATE: string = `-----BEGIN CERTIFICATE-----
MIIBnDCCAUGgAwIBAgIUPkuMUcJWVvKHOIGQZiItArvuljEwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTA2NTcwOVoYDzIxMjYxMDI4
MDY1NzA5WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQxI53tq7lWI3UqD/omtCDSf+Ro7gtYnL+tVxJVOptWJdHCZXae9s4h
laa9Qz60c+oFN2NFIHl1lUYDrLid5klbo28wbTAdBgNVHQ4EFgQUYhqYjtdwAV2g
Rlmk0EW0p6xn4GwwHwYDVR0jBBgwFoAUYhqYjtdwAV2gRlmk0EW0p6xn4GwwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSQAwRgIhAOMpPIkZiak+52xbFzwAN6DQagAKyQHeiVnalwwaW6jfAiEA
0PMFEqxuR6GhEK3WArPIurcypBhyCwgEBsLlwXXlPZg=
-----END CERTIFICATE-----
`;

export const KEY: string = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgcRoIKFdZW0M7al+y
/y6pqsQSNV89WVsrTv3/ltOwgn6hRANCAAQxI53tq7lWI3UqD/omtCDSf+Ro7gtY
nL+tVxJVOptWJdHCZXae9s4hlaa9Qz60c+oFN2NFIHl1lUYDrLid5klb
-----END PRIVATE KEY-----
`;
