/** @type {import('prettier').Config} */
export default {
	useTabs: true,
	semi: false,
	singleQuote: true,
	printWidth: 110,
}
