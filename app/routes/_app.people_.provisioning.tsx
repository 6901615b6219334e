import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Form, Link, useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { z } from 'zod'
import { CopyButton } from '#app/components/ui/copy-button.tsx'
import { Button, ErrorSummary, Field } from '#app/components/ui/form.tsx'
import { Icon } from '#app/components/ui/icon.tsx'
import { Table } from '#app/components/ui/table.tsx'
import { Time } from '#app/components/ui/time.tsx'
import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import type { MadeToken, TokenView } from '#app/services/scim/tokens.server.ts'
import { readForm } from '#app/utils/form.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

const formSchema = z.discriminatedUnion('intent', [
	z.object({
		intent: z.literal('make'),
		name: z.string().trim().min(1, 'imports.tokenNameNeeded').max(100, 'imports.tokenNameNeeded'),
	}),
	z.object({
		intent: z.literal('rotate'),
		tokenId: z.uuid(),
		overlapHours: z.coerce.number().int().min(0).max(168),
	}),
	z.object({ intent: z.literal('revoke'), tokenId: z.uuid() }),
])

export async function loader(args: LoaderFunctionArgs) {
	const { scim } = args.context.services
	return handled(async () => {
		const actor = await requirePermission(args, 'people:provision')
		return { tokens: await scim.tokens(actor), address: scim.address }
	})
}

type Answer = { made: MadeToken | null; error: string | null; nameError: string | null; sentName: string }

export async function action(args: ActionFunctionArgs) {
	const actor = await handled(async () => {
		const officer = await requirePermission(args, 'people:provision')
		return officer
	})
	const { scim } = args.context.services
	const read = await readForm(args.request, formSchema)
	const refused = (more: Partial<Answer>, status: number) =>
		data<Answer>(
			{ made: null, error: null, nameError: null, sentName: read.sent.name ?? '', ...more },
			{ status },
		)
	if (!read.ok)
		return 'name' in read.errors
			? refused({ nameError: 'imports.tokenNameNeeded' }, 422)
			: refused({ error: 'errors.INVALID_INPUT' }, 422)
	const form = read.value
	const done = await attempted(async () => {
		if (form.intent === 'make') return scim.makeToken(actor, form)
		if (form.intent === 'rotate') return scim.rotateToken(actor, form)
		await scim.revokeToken(actor, form.tokenId)
		return null
	})
	if (!done.ok) return refused({ error: `errors.${done.refusal.code}` }, done.status)
	if (done.value === null) return redirect('/people/provisioning?revoked')
	// Shown in the answer to the form and nowhere else: it is stored as a hash.
	return data<Answer>(
		{ made: done.value, error: null, nameError: null, sentName: '' },
		{ headers: { 'cache-control': 'no-store' } },
	)
}

export const meta = titled('titles.provisioning')

export default function ProvisioningPage() {
	const { t } = useWords()
	const { tokens, address } = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const [search] = useSearchParams()
	const nameError = answer?.nameError ? t(answer.nameError as TextKey) : undefined
	const count = tokens.filter(({ state }) => state === 'works' || state === 'expiring').length
	return (
		<>
			<p>
				<Link to="/people">{t('people.title')}</Link>
			</p>
			<h1>
				{t('imports.provisioning')}: {t('imports.tokens', { count })}
			</h1>
			<ErrorSummary
				errors={nameError ? { name: nameError } : undefined}
				message={answer?.error ? t(answer.error as TextKey) : undefined}
			/>
			{answer?.made ? <Made made={answer.made} /> : null}
			{search.has('revoked') && !answer ? (
				<p className="notice notice-good" role="status">
					{t('imports.revokedNow')}
				</p>
			) : null}
			<p className="muted">{t('imports.provisioningLead')}</p>
			<section className="card">
				<h2>{t('imports.address')}</h2>
				<p>
					<code>{address}</code> <CopyButton text={address} />
				</p>
				<p className="hint">{t('imports.addressHint')}</p>
			</section>
			<Form method="post" className="card" key={answer?.made?.tokenId ?? 'make'}>
				<input type="hidden" name="intent" value="make" />
				<Field id="name" label={t('imports.tokenName')} hint={t('imports.tokenNameHint')} error={nameError}>
					{(aria) => (
						<input
							{...aria}
							className="input"
							maxLength={100}
							autoComplete="off"
							defaultValue={answer?.sentName ?? ''}
						/>
					)}
				</Field>
				<div className="row">
					<Button>{t('imports.makeToken')}</Button>
				</div>
			</Form>
			<Tokens tokens={tokens} />
		</>
	)
}

function Made({ made }: { made: MadeToken }) {
	const { t } = useWords()
	return (
		<div className="notice notice-good" role="status">
			<p>{t('imports.tokenMade', { name: made.name })}</p>
			<p>
				<code data-testid="token">{made.token}</code> <CopyButton text={made.token} />
			</p>
		</div>
	)
}

const LOOK = {
	works: 'badge-active',
	expiring: 'badge-waiting',
	expired: 'badge-timed_out',
	revoked: 'badge-ended',
} as const
const ICON = { works: 'check', expiring: 'hourglass', expired: 'clock', revoked: 'slash' } as const

function Tokens({ tokens }: { tokens: readonly TokenView[] }) {
	const { t } = useWords()
	return (
		<Table
			caption={t('imports.provisioning')}
			rows={tokens}
			keyOf={({ id }) => id}
			empty={t('imports.noTokens')}
			columns={[
				{ label: t('imports.system'), cell: ({ name }) => name },
				{
					label: t('imports.madeBy'),
					cell: ({ createdAt, createdBy }) => (
						<>
							<Time at={createdAt} />
							<br />
							<span className="muted small">{t('imports.by', { name: createdBy })}</span>
						</>
					),
				},
				{
					label: t('imports.lastUsed'),
					cell: ({ lastUsedAt }) => (lastUsedAt === null ? t('imports.never') : <Time at={lastUsedAt} />),
				},
				{ label: t('imports.state'), cell: (token) => <TokenState token={token} /> },
			]}
		/>
	)
}

function TokenState({ token: { id, name, state, endsAt } }: { token: TokenView }) {
	const { t } = useWords()
	return (
		<>
			<span className={`badge ${LOOK[state]}`}>
				<Icon name={ICON[state]} />
				{t(`imports.${state}`)}
			</span>{' '}
			{endsAt === null ? null : <Time at={endsAt} />}
			{state === 'works' ? (
				<Form method="post" className="row">
					<input type="hidden" name="intent" value="rotate" />
					<input type="hidden" name="tokenId" value={id} />
					<label htmlFor={`overlap-${id}`}>{t('imports.overlap')}</label>
					<select className="input input-small" id={`overlap-${id}`} name="overlapHours" defaultValue="24">
						<option value="0">{t('imports.overlap0')}</option>
						<option value="1">{t('imports.overlap1')}</option>
						<option value="24">{t('imports.overlap24')}</option>
						<option value="168">{t('imports.overlap168')}</option>
					</select>
					<Button look="small">
						{t('imports.rotate')}
						<span className="visually-hidden"> {t('imports.ofToken', { name })}</span>
					</Button>
				</Form>
			) : null}
			{state === 'works' || state === 'expiring' ? (
				<Form method="post">
					<input type="hidden" name="intent" value="revoke" />
					<input type="hidden" name="tokenId" value={id} />
					<Button look="small">
						{t('imports.revoke')}
						<span className="visually-hidden"> {t('imports.ofToken', { name })}</span>
					</Button>
				</Form>
			) : null}
		</>
	)
}
