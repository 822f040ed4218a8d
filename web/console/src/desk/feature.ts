// Feature: what a folder in features/ tells the shell about itself. Pages are loaded when somebody with the right goes there.
import type { Me } from '@carillon/client';
import type { ComponentType } from 'react';
import type { Slots } from './slots';

export interface Page {
  // Below /console, wouter's pattern.
  readonly path: string;
  readonly page: ComponentType;
}

export interface Place {
  readonly path: string;
  readonly label: string;
  readonly icon: ComponentType<{ size?: number | string }>;
  // Under one heading in the administration, when it belongs there.
  readonly section?: 'main' | 'people' | 'routing' | 'channels' | 'system';
}

export interface Feature {
  readonly name: string;
  readonly right: (me: Me) => boolean;
  readonly places?: readonly Place[];
  readonly pages?: readonly Page[];
  readonly slots?: Slots;
}

export const rights = {
  // Whoever is routed to.
  worker: (me: Me) => me.worker !== null,
  supervisor: (me: Me) => me.role === 'supervisor' || me.role === 'admin' || me.instance_admin,
  admin: (me: Me) => me.role === 'admin' || me.instance_admin,
  anyone: () => true,
};
