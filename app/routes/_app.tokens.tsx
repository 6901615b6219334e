import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { z } from 'zod'
import { OwnTabs } from '#app/components/own-tabs.tsx'
import { TokenForm, TokenSignPanel } from '#app/components/token-form.tsx'
import { TokenTable } from '#app/components/token-table.tsx'
import { CopyButton } from '#app/components/ui/copy-button.tsx'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import { type TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import type { MadeToken, PreparedToken } from '#app/services/api/make-token.server.ts'
import { readAssertionForm } from '#app/utils/ceremony-form.server.ts'
import { joined, parseForm } from '#app/utils/form.server.ts'
import { requireActor } from '#app/utils/guards.server.ts'
import { attempted, handled, type Refusal } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'
import { API_SCOPES } from '#workflows/people/api-scopes.ts'

const scopes = z.array(z.enum(API_SCOPES, 'errors.tokenScopes')).min(1, 'errors.tokenScopes')
const prepareSchema = z.object({
	name: z.string().trim().min(1, 'errors.tokenName').max(100, 'errors.tokenName'),
	scopes: z
		.string('errors.tokenScopes')
		.transform((text) => text.split(','))
		.pipe(scopes),
	days: z.coerce
		.number('errors.tokenDays')
		.int('errors.tokenDays')
		.min(1, 'errors.tokenDays')
		.max(90, 'errors.tokenDays'),
})
const revokeSchema = z.object({ tokenId: z.uuid() })

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requireActor(args)
	const { api } = args.context.services
	return handled(async () => ({ ...(await api.tokens(actor)), address: api.address }))
}

const NO_TEXT: Record<string, string> = {}
const nothing = {
	prepared: null as PreparedToken | null,
	made: null as MadeToken | null,
	refusal: null as Refusal | null,
	errors: NO_TEXT,
	sent: NO_TEXT,
}

export async function action(args: ActionFunctionArgs) {
	const actor = await requireActor(args)
	const { api } = args.context.services
	const form = joined(await args.request.formData(), 'scopes')
	switch (form.get('intent')) {
		case 'prepare': {
			const read = parseForm(form, prepareSchema)
			if (!read.ok) return data({ ...nothing, errors: read.errors, sent: read.sent }, { status: 422 })
			const prepared = await attempted(() => api.prepareToken(actor, read.value))
			return prepared.ok
				? data({ ...nothing, prepared: prepared.value, sent: read.sent })
				: data({ ...nothing, refusal: prepared.refusal, sent: read.sent }, { status: prepared.status })
		}
		case 'sign': {
			const made = await attempted(async () => api.signToken(actor, readAssertionForm(form)))
			// Shown in the answer to the form and nowhere else: it is stored as a hash.
			return made.ok
				? data({ ...nothing, made: made.value }, { headers: { 'cache-control': 'no-store' } })
				: data({ ...nothing, refusal: made.refusal }, { status: made.status })
		}
		case 'revoke': {
			const read = parseForm(form, revokeSchema)
			if (!read.ok) return data({ ...nothing, errors: { form: 'errors.INVALID_INPUT' } }, { status: 422 })
			const done = await attempted(() => api.revokeToken(actor, read.value.tokenId))
			return done.ok
				? redirect('/tokens?revoked')
				: data({ ...nothing, refusal: done.refusal }, { status: done.status })
		}
		default:
			return data({ ...nothing, errors: { form: 'errors.INVALID_INPUT' } }, { status: 400 })
	}
}

export const meta = titled('titles.tokens')

export default function TokensPage() {
	const { t } = useWords()
	const { own, others, address } = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const [search] = useSearchParams()
	const { prepared = null, made = null, refusal = null, sent = NO_TEXT } = answer ?? {}
	const errors = Object.fromEntries(
		Object.entries(answer?.errors ?? {}).map(([id, key]) => [id, t(key as TextKey)]),
	)
	return (
		<>
			<OwnTabs current="tokens" />
			<h1>{t('api.tokens', { count: own.filter(({ state }) => state === 'works').length })}</h1>
			<ErrorSummary
				errors={errors}
				message={refusal ? t(`errors.${refusal.code}`, refusal.numbers) : undefined}
			/>
			{made ? <Made made={made} /> : null}
			{search.has('revoked') && !answer ? (
				<p className="notice notice-good" role="status">
					{t('api.revokedNow')}
				</p>
			) : null}
			<p className="muted">{t('api.lead')}</p>
			<section className="stack">
				<h2>{t('api.own')}</h2>
				<TokenTable caption={t('api.own')} tokens={own} empty={t('api.none')} isOwn />
			</section>
			<div className="columns">
				<div className="stack">
					{prepared ? (
						<TokenSignPanel name={sent.name ?? ''} prepared={prepared} />
					) : (
						<TokenForm errors={errors} sent={sent} key={made?.tokenId ?? 'make'} />
					)}
				</div>
				<aside className="card stack">
					<h2>{t('api.address')}</h2>
					<p>
						<code>{address}</code> <CopyButton text={address} />
					</p>
					<p className="hint">
						{t('api.addressHint')} <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>
					</p>
					<p className="hint">{t('api.commandHint')}</p>
				</aside>
			</div>
			{others === null ? null : (
				<section className="stack">
					<h2>{t('api.others')}</h2>
					<p className="muted">{t('api.othersLead')}</p>
					<TokenTable caption={t('api.others')} tokens={others} empty={t('api.othersNone')} isOwn={false} />
				</section>
			)}
		</>
	)
}

function Made({ made }: { made: MadeToken }) {
	const { t, format } = useWords()
	return (
		<div className="notice notice-good" role="status">
			<p>{t('api.made', { name: made.name, time: format.instant(made.endsAt) })}</p>
			<p>
				<code data-testid="token">{made.token}</code> <CopyButton text={made.token} />
			</p>
		</div>
	)
}
