/** A path of this site to go back to; anything that could lead elsewhere becomes the home page. */
export function safeReturn(path: string | null): string {
	// eslint-disable-next-line no-control-regex -- refusing control characters is the point
	return path !== null && /^\/(?![/\\])[^\u0000-\u001f\\]*$/.test(path) ? path : '/'
}
