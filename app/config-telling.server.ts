import { z } from 'zod'
import type { MailSettings } from './integrations/mail.server.ts'

const optional = z
	.string()
	.trim()
	.transform((text) => (text === '' ? undefined : text))
	.optional()
const seconds = z.coerce.number('must be a number of seconds').min(1).max(120)

/** Hosts with commas between, each as it stands in an address: a name, and a port where it is not 443. */
const hosts = z
	.string()
	.transform((text) => text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()])))
	.refine(
		(list) =>
			list.every(
				(one) => URL.canParse(`https://${one}`) && new URL(`https://${one}`).host === one.toLowerCase(),
			),
		'must be hosts such as siem.example.gov or siem.example.gov:8443, with commas between',
	)
	.transform((list) => list.map((one) => one.toLowerCase()))
	.default([])

/** The settings by which people are told of things outside of these pages. */
export const tellingSchema = {
	CHARTERKEEP_SMTP_URL: z
		.url({
			protocol: /^smtps?$/,
			error: 'must be an address such as smtp://mail.example.gov:587 or smtps://mail.example.gov',
		})
		.optional(),
	CHARTERKEEP_SMTP_TLS: z.enum(['required', 'off'], 'must be required or off').default('required'),
	CHARTERKEEP_SMTP_PASSWORD_FILE: optional,
	CHARTERKEEP_SMTP_CA_FILE: optional,
	CHARTERKEEP_SMTP_TIMEOUT_SECONDS: seconds.default(20),
	CHARTERKEEP_MAIL_FROM: z
		.string()
		.trim()
		.regex(
			/^([^<>\r\n]{1,100} )?<?[^\s<>@]+@[^\s<>@]+>?$/,
			'must be an address such as Charterkeep <access@example.gov>',
		)
		.optional(),
	CHARTERKEEP_WEBHOOK_HOSTS: hosts,
	CHARTERKEEP_WEBHOOK_CA_FILE: optional,
	CHARTERKEEP_WEBHOOK_TIMEOUT_SECONDS: seconds.default(15),
}

export type TellingConfig = {
	/** Null: nothing is mailed, and pages say so. */
	mail: MailSettings | null
	webhooks: { hosts: readonly string[]; caPem: string | null; timeoutMs: number }
}

const SMTP_PORT = { 'smtp:': 587, 'smtps:': 465 } as const

/** How people are told; `refuse` is given what cannot be used, in a sentence. */
export function tellingOf(
	env: z.infer<z.ZodObject<typeof tellingSchema>>,
	fileOf: (setting: string, path: string) => string,
	refuse: (message: string) => never,
): TellingConfig {
	const pem = (setting: 'CHARTERKEEP_SMTP_CA_FILE' | 'CHARTERKEEP_WEBHOOK_CA_FILE') => {
		const file = env[setting]
		return file === undefined ? null : fileOf(setting, file)
	}
	return {
		mail: mailOf(env, pem('CHARTERKEEP_SMTP_CA_FILE'), fileOf, refuse),
		webhooks: {
			hosts: env.CHARTERKEEP_WEBHOOK_HOSTS,
			caPem: pem('CHARTERKEEP_WEBHOOK_CA_FILE'),
			timeoutMs: env.CHARTERKEEP_WEBHOOK_TIMEOUT_SECONDS * 1000,
		},
	}
}

function mailOf(
	env: z.infer<z.ZodObject<typeof tellingSchema>>,
	caPem: string | null,
	fileOf: (setting: string, path: string) => string,
	refuse: (message: string) => never,
): MailSettings | null {
	const { CHARTERKEEP_SMTP_URL: text, CHARTERKEEP_MAIL_FROM: from } = env
	if (text === undefined && from === undefined) return null
	if (text === undefined || from === undefined)
		return refuse(
			'Set CHARTERKEEP_SMTP_URL and CHARTERKEEP_MAIL_FROM together, or neither. See .env.example.',
		)
	const url = new URL(text)
	const isImplicit = url.protocol === 'smtps:'
	const isPlain = env.CHARTERKEEP_SMTP_TLS === 'off'
	if (isPlain && isImplicit)
		return refuse(
			'CHARTERKEEP_SMTP_TLS is off, while CHARTERKEEP_SMTP_URL begins with smtps://: choose one of the two.',
		)
	const passwordFile = env.CHARTERKEEP_SMTP_PASSWORD_FILE
	const user = url.username === '' ? null : decodeURIComponent(url.username)
	const password =
		passwordFile === undefined
			? decodeURIComponent(url.password)
			: fileOf('CHARTERKEEP_SMTP_PASSWORD_FILE', passwordFile).trim()
	if (user !== null && password === '')
		return refuse(
			'CHARTERKEEP_SMTP_URL names a user: put the password into a file and name it in CHARTERKEEP_SMTP_PASSWORD_FILE.',
		)
	return {
		host: url.hostname.replace(/^\[|\]$/g, ''),
		port: url.port === '' ? SMTP_PORT[url.protocol as keyof typeof SMTP_PORT] : Number(url.port),
		isImplicit,
		isPlain,
		user,
		password: user === null ? null : password,
		caPem,
		from,
		timeoutMs: env.CHARTERKEEP_SMTP_TIMEOUT_SECONDS * 1000,
	}
}
