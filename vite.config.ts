import { vitePlugin as remix } from '@remix-run/dev'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig } from 'vite'
import { denyImports } from 'vite-env-only'
import remixConfig from './remix.config.js'

export default defineConfig({
	plugins: [
		tailwindcss(),
		denyImports({
			client: {
				files: ['db/**', '**/*.server.*'],
				specifiers: [/^node:/, 'pg', 'pg-boss', 'postgres', /^drizzle-orm/, '@simplewebauthn/server'],
			},
		}),
		remix(remixConfig),
	],
})
