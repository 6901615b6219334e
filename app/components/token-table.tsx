import { Form } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { TokenView } from '#app/services/api/manage-tokens.server.ts'
import { Button } from './ui/form.tsx'
import { Icon } from './ui/icon.tsx'
import { Table } from './ui/table.tsx'
import { Time } from './ui/time.tsx'

/** Tokens as a table; those that work can be revoked. */
export function TokenTable({
	caption,
	tokens,
	empty,
	isOwn,
}: {
	caption: string
	tokens: readonly TokenView[]
	empty: string
	isOwn: boolean
}) {
	const { t } = useWords()
	const owner = { label: t('api.owner'), cell: (token: TokenView) => token.owner.name }
	return (
		<Table
			caption={caption}
			rows={tokens}
			keyOf={({ id }) => id}
			empty={empty}
			columns={[
				{ label: t('api.name'), cell: ({ name }) => name },
				...(isOwn ? [] : [owner]),
				{
					label: t('api.may'),
					cell: ({ scopes }) => (
						<>
							{scopes.map((scope) => (
								<code key={scope} className="small">
									{scope}{' '}
								</code>
							))}
						</>
					),
				},
				{ label: t('api.created'), cell: ({ createdAt }) => <Time at={createdAt} /> },
				{
					label: t('api.lastUsed'),
					cell: ({ lastUsedAt }) => (lastUsedAt === null ? t('api.never') : <Time at={lastUsedAt} />),
				},
				{ label: t('api.state'), cell: (token) => <TokenState token={token} /> },
			]}
		/>
	)
}

const LOOK = {
	works: ['active', 'check'],
	expired: ['timed_out', 'clock'],
	revoked: ['ended', 'slash'],
	passkey_revoked: ['ended', 'slash'],
} as const

function TokenState({ token: { id, name, state, endsAt, revoked } }: { token: TokenView }) {
	const { t } = useWords()
	const [look, icon] = LOOK[state]
	return (
		<>
			<span className={`badge badge-${look} badge-wraps`}>
				<Icon name={icon} />
				{t(`api.${state}`)}
			</span>{' '}
			{state === 'passkey_revoked' ? null : <Time at={revoked?.at ?? endsAt} />}{' '}
			{revoked?.by ? <span className="muted small">{t('api.revokedBy', { name: revoked.by })}</span> : null}
			{state === 'works' ? (
				<Form method="post">
					<input type="hidden" name="intent" value="revoke" />
					<input type="hidden" name="tokenId" value={id} />
					<Button look="small">
						{t('api.revoke')}
						<span className="visually-hidden"> {t('api.ofToken', { name })}</span>
					</Button>
				</Form>
			) : null}
		</>
	)
}
