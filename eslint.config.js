import js from '@eslint/js'
import reactHooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'

export default tseslint.config(
	{ ignores: ['build/', 'node_modules/', '.charterkeep/', '.charterkeep-witness/', 'db/migrations/'] },
	js.configs.recommended,
	...tseslint.configs.recommendedTypeChecked,
	{
		languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
		linterOptions: { reportUnusedDisableDirectives: 'error' },
		rules: {
			'@typescript-eslint/consistent-type-imports': 'error',
			'@typescript-eslint/no-floating-promises': 'error',
			// A default clause on purpose is an answer for the rest.
			'@typescript-eslint/switch-exhaustiveness-check': [
				'error',
				{ considerDefaultExhaustiveForUnions: true },
			],
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
			// Remix throws responses and redirects on purpose.
			'@typescript-eslint/only-throw-error': 'off',
			'@typescript-eslint/require-await': 'off',
			'no-empty': 'error',
			eqeqeq: 'error',
			'no-restricted-syntax': [
				'error',
				{
					selector: "CallExpression[callee.property.name='transaction']",
					message:
						'Write through withTx() (db/transaction.ts): the stock transaction() can report success for a rollback.',
				},
				{ selector: 'TSEnumDeclaration', message: 'Use a literal union or an `as const` table.' },
			],
		},
	},
	{
		files: ['app/**/*.tsx'],
		plugins: { 'react-hooks': reactHooks },
		rules: reactHooks.configs.recommended.rules,
	},
	{ files: ['**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
)
