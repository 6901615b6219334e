/** A path of this site to go back to; anything that could lead elsewhere becomes the home page. */
export function safeReturn(path: string | null): string {
	return path !== null && /^\/(?![/\\])[^\u0000-\u001f\\]*$/.test(path) ? path : '/'
}
