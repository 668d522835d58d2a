import { createContext, useContext } from 'react';

/** The room a step has for its body, in columns and rows. */
export type Area = { readonly width: number; readonly height: number };

const AreaContext = createContext<Area>({ width: 80, height: 16 });
export const AreaProvider = AreaContext.Provider;
export const useArea = (): Area => useContext(AreaContext);
